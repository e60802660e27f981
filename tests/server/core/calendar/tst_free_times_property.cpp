// Free times and alternatives over random calendars, in zones of every kind, around the days on
// which they change. CALENDAR_SEED runs one history again, CALENDAR_HISTORIES another number.
#include "tests/server/core/calendar/calendar_fakes.h"
#include "tests/server/core/calendar/random_calendar.h"

#include <QTest>

using namespace server::core;
using tests::RandomCalendar;

namespace {

int historyCount()
{
    const int wanted = qEnvironmentVariableIntValue("CALENDAR_HISTORIES");
    return wanted > 0 ? wanted : 4000;
}

/// A range in seconds: all of these calendars are tried out at every time there is.
struct Span
{
    explicit Span(const TimeRange &range)
        : start(range.start.toSecsSinceEpoch()), end(range.end.toSecsSinceEpoch())
    {
    }
    bool overlaps(const Span &other) const { return start < other.end && other.start < end; }

    qint64 start;
    qint64 end;
};

std::vector<Span> spansOf(const std::vector<TimeRange> &ranges)
{
    return {ranges.begin(), ranges.end()};
}

int overlapsOf(const std::vector<Span> &taken, const Span &span)
{
    return int(std::count_if(taken.begin(), taken.end(),
                             [&span](const Span &other) { return other.overlaps(span); }));
}

/// What is wrong with these alternatives; nothing when all is well.
QString faultOf(RandomCalendar &calendar, const AlternativeSearch &search,
                const std::vector<TimeRange> &taken, const std::vector<TimeRange> &found)
{
    if (found.size() > 3)
        return QStringLiteral("too many");
    const QDate wantedDay = wallTimeOf(search.wanted.start, calendar.zone).date();
    const QDate today = wallTimeOf(calendar.now, calendar.zone).date();
    const QDate firstDay = std::max(wantedDay, today);
    std::pair<qint64, qint64> previous{-1, 0};
    for (const TimeRange &range : found) {
        if (range.start.secsTo(range.end) != search.wanted.start.secsTo(search.wanted.end))
            return QStringLiteral("another length");
        if (range.start < calendar.now.addSecs(7'200))
            return QStringLiteral("too soon");
        if (!calendar.policy.permits(overlapsOf(spansOf(taken), Span(range))))
            return QStringLiteral("taken");
        const QDate day = calendar.openDay(range, firstDay);
        if (!day.isValid())
            return QStringLiteral("closed");
        if (day > firstDay.addDays(7))
            return QStringLiteral("another week");
        const std::pair<qint64, qint64> rank{firstDay.daysTo(day),
                                             std::abs(search.wanted.start.secsTo(range.start))};
        if (rank < previous)
            return QStringLiteral("not the nearest first");
        previous = rank;
        for (const TimeRange &other : found) {
            if (&other != &range && other.overlaps(range))
                return QStringLiteral("two of one time");
        }
    }
    return {};
}

/// The best alternative, by trying every quarter of an hour.
std::optional<TimeRange> bestByTrying(RandomCalendar &calendar, const AlternativeSearch &search,
                                      const std::vector<Span> &taken)
{
    const qint64 length = search.wanted.start.secsTo(search.wanted.end);
    const QDate firstDay = std::max(wallTimeOf(search.wanted.start, calendar.zone).date(),
                                    wallTimeOf(calendar.now, calendar.zone).date());
    std::optional<TimeRange> best;
    std::pair<qint64, qint64> bestRank;
    QDateTime start = QDateTime(firstDay, QTime(0, 0), Qt::UTC).addDays(-1);
    for (const QDateTime last = start.addDays(11); start < last; start = start.addSecs(900)) {
        const TimeRange range{start, start.addSecs(length)};
        if (range == search.wanted || start < calendar.now.addSecs(7'200)
            || !calendar.policy.permits(overlapsOf(taken, Span(range))))
            continue;
        const QDate day = calendar.openDay(range, firstDay);
        if (!day.isValid() || day > firstDay.addDays(7))
            continue;
        const std::pair<qint64, qint64> rank{firstDay.daysTo(day),
                                             std::abs(search.wanted.start.secsTo(start))};
        if (!best || rank < bestRank) {
            best = range;
            bestRank = rank;
        }
    }
    return best;
}

} // namespace

class FreeTimesPropertyTest : public QObject
{
    Q_OBJECT
private slots:
    void alternativesAreFreeNearAndOpen();
    void freeTimesAreAllThereIs();

private:
    static void forEachSeed(const std::function<QString(quint32)> &history);
};

void FreeTimesPropertyTest::forEachSeed(const std::function<QString(quint32)> &history)
{
    const QByteArray only = qgetenv("CALENDAR_SEED");
    const quint32 first = only.isEmpty() ? 1 : only.toUInt();
    const quint32 last = only.isEmpty() ? quint32(historyCount()) : first;
    for (quint32 seed = first; seed <= last; ++seed) {
        const QString fault = history(seed);
        QVERIFY2(fault.isEmpty(),
                 qPrintable(QStringLiteral("CALENDAR_SEED=%1: %2").arg(seed).arg(fault)));
    }
    qInfo("seeds %u to %u", first, last);
}

void FreeTimesPropertyTest::alternativesAreFreeNearAndOpen()
{
    int offered = 0;
    forEachSeed([&offered](quint32 seed) -> QString {
        RandomCalendar calendar(seed);
        std::vector<TimeRange> taken;
        for (int i = calendar.upTo(40); i > 0; --i)
            taken.push_back(calendar.range());
        const AlternativeSearch search{calendar.range(), calendar.now, calendar.businessHours(),
                                       calendar.zone, calendar.policy};
        const auto found = alternatives(search, taken);
        offered += int(found.size());
        if (QString fault = faultOf(calendar, search, taken, found); !fault.isEmpty())
            return fault;
        const TimeRange window = alternativeWindow(search);
        for (const TimeRange &range : found) {
            if (range.start < window.start || range.end > window.end)
                return QStringLiteral("beyond the window that is looked at");
        }
        const auto best = bestByTrying(calendar, search, spansOf(taken));
        if (best.has_value() == found.empty())
            return QStringLiteral("one that was missed, or made up");
        if (best && *best != found.front())
            return QStringLiteral("a better one is %1").arg(best->start.toString(Qt::ISODate));
        return {};
    });
    QVERIFY(offered > historyCount() / 2 || qEnvironmentVariableIsSet("CALENDAR_SEED"));
}

void FreeTimesPropertyTest::freeTimesAreAllThereIs()
{
    constexpr qint64 step = 300; // every edge lies on five minutes
    forEachSeed([](quint32 seed) -> QString {
        RandomCalendar calendar(seed);
        std::vector<TimeRange> busy;
        for (int i = calendar.upTo(20); i > 0; --i)
            busy.push_back(calendar.range());
        FreeTimeSearch search{calendar.range(), calendar.now, calendar.businessHours(),
                              calendar.zone, std::chrono::minutes(15 + 15 * calendar.upTo(3))};
        search.window.end = search.window.start.addDays(2);
        search.limit = 1000;
        const auto found = freeTimes(search, busy);
        const std::vector<Span> taken = spansOf(busy);
        const std::vector<Span> listed = spansOf(found);
        for (const TimeRange &range : found) {
            if (range.start < search.window.start || range.end > search.window.end
                || range.start < calendar.now
                || range.start.secsTo(range.end) < 60 * search.minimum.count())
                return QStringLiteral("too short, too early or too late");
            if (overlapsOf(taken, Span(range)) > 0)
                return QStringLiteral("busy");
            if (!calendar.openDay(range).isValid())
                return QStringLiteral("closed");
        }
        // And what is none of them is no free time of that length.
        const qint64 length = 60 * search.minimum.count();
        const QDateTime from = std::max(search.window.start, calendar.now.addSecs(1800));
        for (QDateTime start = QDateTime::fromSecsSinceEpoch(
                 (from.toSecsSinceEpoch() / step + 1) * step, Qt::UTC);
             start.addSecs(length) <= search.window.end; start = start.addSecs(step)) {
            const TimeRange range{start, start.addSecs(length)};
            const Span span(range);
            const bool isListed =
                std::any_of(listed.begin(), listed.end(), [&span](const Span &other) {
                    return other.start <= span.start && span.end <= other.end;
                });
            if (!isListed && overlapsOf(taken, span) == 0 && calendar.openDay(range).isValid())
                return QStringLiteral("missed %1").arg(start.toString(Qt::ISODate));
        }
        return {};
    });
}

QTEST_GUILESS_MAIN(FreeTimesPropertyTest)
#include "tst_free_times_property.moc"
