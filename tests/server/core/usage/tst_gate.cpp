// The gate against the rows of gate_rows.txt, and against itself over many random histories.
#include "tests/server/core/usage/gate_row.h"

#include <QObject>
#include <QTest>

#include <random>

using namespace server::core;
using tests::GateRow;
using tests::Words;

namespace {

const PlanCatalogue &plans()
{
    static const PlanCatalogue catalogue = *PlanCatalogue::fromJson(PlanCatalogue::builtin());
    return catalogue;
}

QString toText(const Words &words)
{
    QStringList list;
    for (auto it = words.begin(); it != words.end(); ++it)
        list.append(it.key() + QLatin1Char('=') + it.value());
    list.sort();
    return list.join(QLatin1Char(' '));
}

Words wordsOf(const Verdict &verdict)
{
    Words words;
    if (verdict.isAllowed) {
        words.insert(QStringLiteral("pays"), toText(verdict.source));
        words.insert(QStringLiteral("left"),
                     verdict.callsLeft ? QString::number(*verdict.callsLeft) : QStringLiteral("-"));
        words.insert(QStringLiteral("for"), QString::number(verdict.callDuration.count()));
    } else if (verdict.resetsAt.isValid()) {
        const qint64 days = tests::kArrival.daysTo(verdict.resetsAt);
        words.insert(QStringLiteral("resets"),
                     QStringLiteral("%1d").arg(days)
                         + verdict.resetsAt.toString(QStringLiteral("hh:mm:ss")));
    }
    return words;
}

/// A life of calls, give-backs, purchases and time, with a count kept beside it.
class History
{
public:
    explicit History(std::mt19937_64 &random) : m_random(random)
    {
        const Platform platform = chance(2) ? Platform::Mobile : Platform::Web;
        m_standing = freshStanding({1}, platform, false, plans(), m_now);
    }

    /// What went wrong; empty when all is well.
    QString live(int steps)
    {
        for (int i = 0; i < steps; ++i) {
            step();
            if (QString wrong = check(); !wrong.isEmpty())
                return wrong;
        }
        return {};
    }

private:
    struct Open
    {
        Charge charge;
        bool isGivenBack = false;
    };

    bool chance(unsigned in) { return m_random() % in == 0; }

    void step()
    {
        m_now = m_now.addSecs(qint64(m_random() % (chance(10) ? 40'000'00U : 30'000U)));
        settle(m_standing, m_now);
        const auto what = m_random() % 16;
        if (what < 9)
            call();
        else if (what < 13)
            giveOneBack();
        else if (what == 13)
            buy();
        else if (what == 14)
            addAddon();
        else if (m_standing.subscription)
            m_standing.subscription->status = SubscriptionStatus(m_random() % 6);
    }

    void call()
    {
        const Verdict verdict = judge(m_standing, plans(), m_now);
        if (!verdict.isAllowed)
            return;
        m_wasRight &= verdict.callsLeft.value_or(1) > 0;
        m_charges.push_back({take(m_standing, verdict.source)});
        ++m_reserved;
    }

    void giveOneBack()
    {
        if (m_charges.empty())
            return;
        Open &open = m_charges[m_random() % m_charges.size()];
        if (std::exchange(open.isGivenBack, true))
            return;
        giveBack(m_standing, open.charge, m_now);
        ++m_givenBack;
    }

    void buy()
    {
        static const QStringList mobile{QStringLiteral("mobile_weekly"),
                                        QStringLiteral("mobile_premium")};
        static const QStringList web{QStringLiteral("basic_monthly"), QStringLiteral("pro_monthly"),
                                     QStringLiteral("enterprise_monthly"),
                                     QStringLiteral("usage_based")};
        const QStringList &offers = m_standing.platform == Platform::Mobile ? mobile : web;
        const Plan *plan = plans().find(offers[qsizetype(m_random() % size_t(offers.size()))]);
        Subscription subscription{plan->id, SubscriptionStatus::Active, {}, m_now, {}, {}};
        if (plan->period().count() > 0)
            subscription.endsAt = m_now.addDays(plan->period().count());
        subscribe(m_standing, subscription);
    }

    void addAddon()
    {
        m_standing.addonCalls += 5;
        m_standing.addonExpiresAt = m_now.addDays(30);
    }

    QString check() const
    {
        const Counters &c = m_standing.counters;
        for (const int count : {c.callsToday, c.callsWeek, c.callsMonth, c.callsTotal, c.quotaWeek,
                                c.quotaMonth, m_standing.trialUsed, m_standing.addonCalls}) {
            if (count < 0)
                return QStringLiteral("a count is negative");
        }
        if (m_givenBack + c.callsTotal != m_reserved)
            return QStringLiteral("%1 given back and %2 counted of %3 reserved")
                .arg(m_givenBack)
                .arg(c.callsTotal)
                .arg(m_reserved);
        if (m_standing.trialUsed > plans().trialOf(m_standing.platform).calls->count)
            return QStringLiteral("%1 trial calls").arg(m_standing.trialUsed);
        const Plan *plan =
            m_standing.subscription ? plans().find(m_standing.subscription->plan) : nullptr;
        if (plan && plan->calls) {
            const int used = plan->calls->per == CallWindow::Month ? c.quotaMonth : c.quotaWeek;
            if (used > plan->calls->count)
                return QStringLiteral("%1 calls of %2's quota").arg(used).arg(plan->id);
        }
        return m_wasRight ? QString() : QStringLiteral("a call was allowed with none left");
    }

    std::mt19937_64 &m_random;
    QDateTime m_now = tests::kArrival;
    Standing m_standing;
    std::vector<Open> m_charges;
    int m_reserved = 0;
    int m_givenBack = 0;
    bool m_wasRight = true;
};

} // namespace

class GateTest : public QObject
{
    Q_OBJECT
private slots:
    void rows_data();
    void rows();
    void randomHistoriesAddUp();
};

void GateTest::rows_data()
{
    QTest::addColumn<GateRow>("row");
    QString complaint;
    const auto rows =
        tests::readGateRows(qEnvironmentVariable("HOUSE_SOURCE")
                                + QStringLiteral("/tests/server/core/usage/gate_rows.txt"),
                            complaint);
    QVERIFY2(complaint.isEmpty(), qPrintable(complaint));
    QVERIFY(rows.size() >= 200);
    for (const GateRow &row : rows)
        QTest::newRow(qPrintable(row.name)) << row;
}

void GateTest::rows()
{
    QFETCH(GateRow, row);
    Standing standing = row.standing;
    settle(standing, row.at);
    const Verdict verdict = judge(standing, plans(), row.at);
    QCOMPARE(verdict.status, row.status);
    QCOMPARE(toText(wordsOf(verdict)), toText(row.verdict));
    QCOMPARE(verdict.message.isEmpty(), verdict.isAllowed);
    if (verdict.isAllowed && !row.isLook) {
        const Charge charge = take(standing, verdict.source);
        if (row.givenBackAt.isValid()) {
            settle(standing, row.givenBackAt);
            giveBack(standing, charge, row.givenBackAt);
        }
    }
    QCOMPARE(toText(tests::countersOf(standing)), toText(row.after));
}

void GateTest::randomHistoriesAddUp()
{
    constexpr int kHistories = 100'000;
    constexpr int kSteps = 16;
    constexpr quint64 kSeed = 20'260'302;
    std::mt19937_64 random(kSeed);
    for (int i = 0; i < kHistories; ++i) {
        const QString wrong = History(random).live(kSteps);
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("history %1: %2").arg(i).arg(wrong)));
    }
}

QTEST_APPLESS_MAIN(GateTest)
#include "tst_gate.moc"
