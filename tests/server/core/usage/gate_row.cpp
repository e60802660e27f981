#include "tests/server/core/usage/gate_row.h"

#include <QFile>
#include <QRegularExpression>

using namespace server::core;

namespace tests {

const QDateTime kArrival =
    QDateTime::fromString(QStringLiteral("2026-03-02T00:00:00Z"), Qt::ISODate);

namespace {

Words wordsOf(const QString &text)
{
    Words words;
    for (const QString &word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto equals = word.indexOf(QLatin1Char('='));
        words.insert(word.left(equals), equals < 0 ? word : word.mid(equals + 1));
    }
    return words;
}

struct Counter
{
    const char *name;
    int *value;
};

QList<Counter> counters(Standing &standing)
{
    Counters &c = standing.counters;
    return {{"today", &c.callsToday},       {"week", &c.callsWeek},
            {"month", &c.callsMonth},       {"total", &c.callsTotal},
            {"quotaWeek", &c.quotaWeek},    {"quotaMonth", &c.quotaMonth},
            {"seconds", &c.secondsMonth},   {"trial", &standing.trialUsed},
            {"addon", &standing.addonCalls}};
}

bool readWho(const QString &text, const PlanCatalogue &plans, Standing &standing)
{
    Words words = wordsOf(text);
    const bool isStaff = words.remove(QStringLiteral("staff"));
    const bool isMobile = words.remove(QStringLiteral("mobile"));
    words.remove(QStringLiteral("web"));
    standing =
        freshStanding({1}, isMobile ? Platform::Mobile : Platform::Web, isStaff, plans, kArrival);
    if (const QString plan = words.take(QStringLiteral("sub")); !plan.isEmpty()) {
        const auto status = subscriptionStatusFromText(words.take(QStringLiteral("status")));
        if (!status || !plans.find(plan))
            return false;
        standing.subscription = Subscription{plan, *status, {}, kArrival, {}, {}};
        if (words.contains(QStringLiteral("ends")))
            standing.subscription->endsAt = timeOf(words.take(QStringLiteral("ends")));
    }
    if (words.contains(QStringLiteral("addonEnds")))
        standing.addonExpiresAt = timeOf(words.take(QStringLiteral("addonEnds")));
    for (const Counter &counter : counters(standing))
        *counter.value = words.take(QLatin1String(counter.name)).toInt();
    return words.isEmpty();
}

bool readRow(const QString &line, const PlanCatalogue &plans, GateRow &row)
{
    const QStringList cells = line.split(QStringLiteral(" | "));
    if (cells.size() != 6 || !readWho(cells[1], plans, row.standing))
        return false;
    row.name = cells[0];
    row.at = timeOf(cells[2]);
    row.isLook = cells[3] == QLatin1String("look");
    if (cells[3].startsWith(QLatin1String("back@")))
        row.givenBackAt = timeOf(cells[3].mid(5));
    else if (!row.isLook && cells[3] != QLatin1String("call"))
        return false;
    row.status = cells[4].section(QLatin1Char(' '), 0, 0);
    row.verdict = wordsOf(cells[4].section(QLatin1Char(' '), 1));
    if (cells[5] != QLatin1String("-"))
        row.after = wordsOf(cells[5]);
    return row.at.isValid();
}

} // namespace

QDateTime timeOf(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^(\\d+)d(\\d\\d):(\\d\\d):(\\d\\d)$"));
    const auto match = form.match(text);
    if (!match.hasMatch())
        return {};
    const auto part = [&match](int index) { return match.captured(index).toLongLong(); };
    return kArrival.addSecs(((part(1) * 24 + part(2)) * 60 + part(3)) * 60 + part(4));
}

Words countersOf(const Standing &standing)
{
    Standing copy = standing;
    Words words;
    for (const Counter &counter : counters(copy)) {
        if (*counter.value != 0)
            words.insert(QLatin1String(counter.name), QString::number(*counter.value));
    }
    return words;
}

QList<GateRow> readGateRows(const QString &file, QString &complaint)
{
    const auto plans = PlanCatalogue::fromJson(PlanCatalogue::builtin());
    QFile source(file);
    if (!plans || !source.open(QIODevice::ReadOnly)) {
        complaint = QStringLiteral("the catalogue or %1 cannot be read").arg(file);
        return {};
    }
    QList<GateRow> rows;
    while (!source.atEnd()) {
        const QString line = QString::fromUtf8(source.readLine()).trimmed();
        if (line.isEmpty() || line.startsWith(QLatin1Char('#')))
            continue;
        GateRow row;
        if (!readRow(line, *plans, row)) {
            complaint = line;
            return {};
        }
        rows.append(row);
    }
    return rows;
}

} // namespace tests
