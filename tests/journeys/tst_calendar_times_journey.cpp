// What stands in a user's Google Calendar and when there is time, as the web app asks for it.
#include "tests/journeys/calendar_steps.h"

#include <QObject>
#include <QTest>

using namespace tests;

namespace {

const QString kTimedEvents = u"/google-calendar/events"_s;

} // namespace

class CalendarTimesJourney : public QObject
{
    Q_OBJECT
private slots:
    void showsEventsAsTheWebAppReadsThem();
    void findsFreeTimes();
    void putsATestEventThere();
    void schedulesACallWithItsEvent();
};

void CalendarTimesJourney::showsEventsAsTheWebAppReadsThem()
{
    sandbox::Sandbox::Settings settings;
    settings.google.largestPage = 2;
    Stage stage(Stage::Store::Sqlite, {}, settings);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &calendar = stage.sandbox().google().calendar();
    const QString day = someMonday().toString(Qt::ISODate);
    const QString next = someMonday().addDays(1).toString(Qt::ISODate);
    calendar.add(seed(u"Second"_s, at(11), at(12)));
    calendar.add(seed(u"First"_s, at(9), at(10)));
    calendar.add(seed({}, at(13), at(14)));
    calendar.add(seed(u"Holiday"_s, next, someMonday().addDays(2).toString(Qt::ISODate)));
    calendar.cancel(calendar.add(seed(u"Gone"_s, at(15), at(16))));
    QJsonObject described =
        seed(u"Fifth"_s, at(9, 0, someMonday().addDays(2)), at(10, 0, someMonday().addDays(2)));
    described.insert(u"location"_s, u"12 Main St"_s);
    described.insert(u"description"_s, u"Bring <b>keys</b>"_s);
    calendar.add(described);
    calendar.add(seed(u"Long ago"_s, u"2020-03-02T09:00:00Z"_s, u"2020-03-02T10:00:00Z"_s));
    Owner ann(stage, u"ann"_s);
    QCOMPARE(ann.connect().status, 200);

    const auto summaries = [&](const QString &query) {
        QStringList texts;
        const QJsonArray events = ann.get(kTimedEvents + query).array();
        for (const auto &event : events)
            texts.append(event[u"summary"_s].toString());
        return texts;
    };
    const QString all = u"?max_results=500&time_min=2019-01-01T00:00:00.000Z"
                        "&time_max=2100-01-01T00:00:00.000Z"_s;
    QCOMPARE(summaries(all), QStringList({u"Long ago"_s, u"First"_s, u"Second"_s, u"No title"_s,
                                          u"Holiday"_s, u"Fifth"_s}));
    QCOMPARE(summaries(u"?max_results=2"_s), QStringList({u"First"_s, u"Second"_s}));
    QCOMPARE(summaries(u"?max_results=1000"_s).size(), 5);
    QCOMPARE(summaries(u"?days_ahead=1"_s), QStringList());
    QCOMPARE(summaries(u"?time_min=%1T11:30:00&time_max=%1T13:00:00"_s.arg(day)),
             QStringList({u"Second"_s})); // times without an offset are the owner's
    for (const auto &value : ann.get(kTimedEvents + all).array()) {
        const QJsonObject event = value.toObject();
        const bool isWholeDay = event[u"summary"_s].toString() == u"Holiday";
        for (const char *name : {"id", "summary", "start", "end"})
            QVERIFY2(event.value(QLatin1String(name)).isString(), name);
        QCOMPARE(event[u"start"_s].toString().contains(u'T'), !isWholeDay);
        QVERIFY(QDateTime::fromString(event[u"start"_s].toString(), Qt::ISODate).isValid());
    }
    const QJsonObject last = ann.get(kTimedEvents + all).array().last().toObject();
    QCOMPARE(last[u"location"_s].toString(), u"12 Main St"_s);
    QCOMPARE(last[u"description"_s].toString(), u"Bring <b>keys</b>"_s);
    for (const QString &bad : {u"?max_results=0"_s, u"?time_min=yesterday"_s, u"?days_ahead=-1"_s,
                               u"?time_min=2026-03-02T00:00:00Z&time_max=2026-03-01T00:00:00Z"_s})
        QVERIFY2(ann.get(kTimedEvents + bad).status == 422, qPrintable(bad));
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

void CalendarTimesJourney::findsFreeTimes()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &calendar = stage.sandbox().google().calendar();
    calendar.add(seed(u"Meeting"_s, at(10), at(11, 30)));
    calendar.add(seed(u"Overlapping"_s, at(11), at(12)));
    QJsonObject free = seed(u"Shown as free"_s, at(14), at(15));
    free.insert(u"transparency"_s, u"transparent"_s);
    calendar.add(free);
    const QDate tuesday = someMonday().addDays(1);
    calendar.add(seed(u"Day off"_s, tuesday.toString(Qt::ISODate),
                      tuesday.addDays(1).toString(Qt::ISODate)));
    Owner ann(stage, u"ann"_s);
    const QString check = u"/google-calendar/check-availability?start_time="_s;
    const QString find = u"/google-calendar/find-slots?start_date="_s;
    QCOMPARE(ann.get(check + at(9)).status, 404);
    QCOMPARE(ann.get(find + at(9)).status, 404);
    QCOMPARE(ann.connect().status, 200);

    const auto isFree = [&](const QString &query) {
        return ann.get(check + query).object().value(u"is_available"_s);
    };
    QCOMPARE(isFree(at(9, 30)), QJsonValue(true)); // half an hour, touching
    QCOMPARE(isFree(at(9, 45)), QJsonValue(false));
    QCOMPARE(isFree(at(12)), QJsonValue(true));
    QCOMPARE(isFree(at(14)), QJsonValue(true));
    QCOMPARE(isFree(at(9) + u"&end_time="_s + at(12)), QJsonValue(false));
    QCOMPARE(isFree(at(8, 0, tuesday)), QJsonValue(false));
    QCOMPARE(ann.get(check + at(9) + u"&end_time="_s + at(9)).status, 422);
    QCOMPARE(ann.get(check).status, 422);

    const QString day = someMonday().toString(Qt::ISODate);
    const QString until = tuesday.addDays(1).toString(Qt::ISODate);
    const auto slots_ = [&](const QString &query) {
        QStringList texts;
        for (const auto &slot : ann.get(find + query).object()[u"free_slots"_s].toArray())
            texts.append(slot[u"start"_s].toString() + u' ' + slot[u"end"_s].toString());
        return texts;
    };
    const auto slot = [](const QString &start, const QString &end) { return start + u' ' + end; };
    const QDate wednesday = tuesday.addDays(1);
    QCOMPARE(slots_(day + u"&end_date="_s + until),
             QStringList({slot(at(9), at(10)), slot(at(12), at(17)),
                          slot(at(9, 0, wednesday), at(17, 0, wednesday))}));
    QCOMPARE(slots_(day + u"&end_date="_s + day + u"&min_duration=90"_s),
             QStringList({slot(at(12), at(17))}));
    QCOMPARE(slots_(day + u"T00:00:00&start_hour=8&end_hour=11&max_results=1"_s),
             QStringList({slot(at(8), at(10))}));
    for (const QString &bad :
         {u"soon"_s, day + u"&end_date=2020-01-01"_s, day + u"&start_hour=17&end_hour=9"_s,
          day + u"&min_duration=0"_s, day + u"&end_date=2100-01-01"_s})
        QVERIFY2(ann.get(find + bad).status == 422, qPrintable(bad));
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

void CalendarTimesJourney::putsATestEventThere()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    const QString path = u"/google-calendar/test-create-event"_s;
    const QJsonObject order{{u"summary"_s, u"Try"_s}, {u"start"_s, at(9)}, {u"end"_s, at(10)}};
    const QJsonObject without = ann.post(path, order).object();
    QCOMPARE(without[u"success"_s], QJsonValue(false));
    QCOMPARE(without[u"error"_s].toString(), u"Google Calendar not connected"_s);
    QCOMPARE(ann.connect().status, 200);
    const QJsonObject made = ann.post(path, order).object();
    QCOMPARE(made[u"success"_s], QJsonValue(true));
    QVERIFY(made[u"html_link"_s].toString().startsWith(u"https://"));
    const auto events = stage.sandbox().google().calendar().all();
    QCOMPARE(events.size(), 1);
    QCOMPARE(events[0][u"id"_s], made[u"event_id"_s]);
    QCOMPARE(events[0][u"start"_s][u"dateTime"_s].toString(), at(9));
    QJsonObject wrong = order;
    wrong.insert(u"end"_s, at(9));
    QCOMPARE(ann.post(path, wrong).status, 422);
    wrong.insert(u"end"_s, u"later"_s);
    QCOMPARE(ann.post(path, wrong).status, 422);
}

void CalendarTimesJourney::schedulesACallWithItsEvent()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    const QString path = u"/google-calendar/schedule"_s;
    const QJsonObject order{{u"phone_number"_s, u"4155550123"_s},
                            {u"scheduled_time"_s, at(10)},
                            {u"scenario"_s, u"default"_s}};
    QCOMPARE(ann.post(path, order).status, 404);
    QCOMPARE(ann.connect().status, 200);
    const Answer done = ann.post(path, order);
    QCOMPARE(done.status, 200);
    QCOMPARE(textOf(done, "message"), u"Call scheduled with calendar event"_s);
    auto &google = stage.sandbox().google();
    const QJsonObject event = google.calendar().all().value(0);
    QCOMPARE(event[u"id"_s].toString(), textOf(done, "event_id"));
    QCOMPARE(event[u"summary"_s].toString(), u"default"_s);
    QCOMPARE(event[u"end"_s][u"dateTime"_s].toString(), at(10, 30));
    const QJsonObject call = ann.get(u"/scheduled-calls"_s).array().first().toObject();
    QCOMPARE(call[u"phone_number"_s].toString(), u"+14155550123"_s);
    QCOMPARE(call[u"status"_s].toString(), u"scheduled"_s);
    QCOMPARE(QDateTime::fromString(call[u"scheduled_time"_s].toString(), Qt::ISODate),
             QDateTime::fromString(at(10), Qt::ISODate));

    // No event, no call.
    google.addFault({.kind = sandbox::GoogleFault::Kind::Quota, .only = "POST /calendar/v3/"});
    const Answer failed = ann.post(path, order);
    QCOMPARE(failed.status, 429);
    QVERIFY(detailOf(failed).startsWith(u"Failed to schedule calendar event: "));
    const QJsonArray calls = ann.get(u"/scheduled-calls"_s).array();
    QCOMPARE(std::count_if(
                 calls.begin(), calls.end(),
                 [](const QJsonValue &one) { return one[u"status"_s].toString() == u"scheduled"; }),
             1);
    QJsonObject wrong = order;
    wrong.insert(u"scenario"_s, u"no such scenario"_s);
    QCOMPARE(ann.post(path, wrong).status, 400);
    wrong.insert(u"scheduled_time"_s, u"2020-01-01T00:00:00Z"_s);
    QCOMPARE(ann.post(path, wrong).status / 100, 4);
    QCOMPARE(google.calendar().all().size(), 1);
}

QTEST_GUILESS_MAIN(CalendarTimesJourney)
#include "tst_calendar_times_journey.moc"
