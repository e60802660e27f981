#include "server/adapters/google/event_json.h"
#include "tests/server/adapters/google/google_values.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace server::core;
using namespace Qt::StringLiterals;
using server::google::eventFrom;
using tests::utc;

namespace {

const QTimeZone kDenver("America/Denver");

QJsonObject parsed(const QByteArray &json)
{
    return QJsonDocument::fromJson(json).object();
}

/// As events.list gives one, less what nobody reads.
const QByteArray kTimed =
    R"({ )"
    R"("kind": "calendar#event", "id": "0vb2rq1l9s3c4d5e", "status": "confirmed", )"
    R"("htmlLink": "https://www.google.com/calendar/event?eid=MHZi", )"
    R"("created": "2026-02-20T16:12:01.000Z", "updated": "2026-02-20T16:12:01.412Z", )"
    R"("summary": "Haircut, Ms Oneill", "description": "Set by voice agent\nPhone: +14155550123", )"
    R"("location": "12 Main St", "creator": {"email": "owner@example.com", "self": true}, )"
    R"("organizer": {"email": "owner@example.com", "self": true}, )"
    R"("start": {"dateTime": "2026-03-02T14:00:00-07:00", "timeZone": "America/Denver"}, )"
    R"("end": {"dateTime": "2026-03-02T14:30:00-07:00", "timeZone": "America/Denver"}, )"
    R"("iCalUID": "0vb2rq1l9s3c4d5e@google.com", "sequence": 0, )"
    R"("reminders": {"useDefault": true}, "eventType": "default"})";

} // namespace

class TestEventJson : public QObject
{
    Q_OBJECT

private slots:
    void readsATimedEvent()
    {
        const auto event = eventFrom(parsed(kTimed), kDenver);
        QVERIFY(event);
        QCOMPARE(event->id, u"0vb2rq1l9s3c4d5e"_s);
        QCOMPARE(event->summary, u"Haircut, Ms Oneill"_s);
        QCOMPARE(event->description, u"Set by voice agent\nPhone: +14155550123"_s);
        QCOMPARE(event->location, u"12 Main St"_s);
        QCOMPARE(event->htmlLink, u"https://www.google.com/calendar/event?eid=MHZi"_s);
        QCOMPARE(event->range.start, utc(u"2026-03-02T21:00:00Z"_s));
        QCOMPARE(event->range.end, utc(u"2026-03-02T21:30:00Z"_s));
        QCOMPARE(event->startText, u"2026-03-02T14:00:00-07:00"_s);
        QCOMPARE(event->endText, u"2026-03-02T14:30:00-07:00"_s);
        QVERIFY(event->isBusy && !event->isAllDay && !event->isCancelled);
    }

    void wholeDaysAreDaysOfTheCalendarsZone()
    {
        // The night of the second Sunday of March is an hour short in Denver.
        const auto event =
            eventFrom(parsed(R"({"id": "allday01", "start": {"date": "2026-03-08"}, )"
                             R"("end": {"date": "2026-03-10"}})"),
                      kDenver);
        QVERIFY(event && event->isAllDay && event->isBusy);
        QCOMPARE(event->firstDay, QDate(2026, 3, 8));
        QCOMPARE(event->dayAfter, QDate(2026, 3, 10));
        QCOMPARE(event->range.start, utc(u"2026-03-08T07:00:00Z"_s));
        QCOMPARE(event->range.end, utc(u"2026-03-10T06:00:00Z"_s));
        QCOMPARE(event->startText, u"2026-03-08"_s);
        QCOMPARE(event->endText, u"2026-03-10"_s);
    }

    void whatTakesNobodysTime_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<bool>("isBusy");
        QTest::newRow("nothing said") << QByteArray("{}") << true;
        QTest::newRow("opaque") << QByteArray(R"({"transparency": "opaque"})") << true;
        QTest::newRow("shown as free") << QByteArray(R"({"transparency": "transparent"})") << false;
        QTest::newRow("cancelled") << QByteArray(R"({"status": "cancelled"})") << false;
        QTest::newRow("tentative") << QByteArray(R"({"status": "tentative"})") << true;
        QTest::newRow("declined by the owner") << QByteArray(
            R"({"attendees": [{"email": "a@example.com", "responseStatus": "accepted"}, )"
            R"({"email": "o@example.com", "self": true, "responseStatus": "declined"}]})")
                                               << false;
        QTest::newRow("declined by a guest") << QByteArray(
            R"({"attendees": [{"email": "a@example.com", "responseStatus": "declined"}, )"
            R"({"email": "o@example.com", "self": true, "responseStatus": "accepted"}]})")
                                             << true;
        QTest::newRow("not answered by the owner")
            << QByteArray(R"({"attendees": [{"self": true, "responseStatus": "needsAction"}]})")
            << true;
    }

    void whatTakesNobodysTime()
    {
        QFETCH(QByteArray, more);
        QJsonObject json = parsed(kTimed);
        const QJsonObject extra = parsed(more);
        for (auto it = extra.begin(); it != extra.end(); ++it)
            json.insert(it.key(), it.value());
        const auto event = eventFrom(json, kDenver);
        QVERIFY(event);
        QTEST(event->isBusy, "isBusy");
        QCOMPARE(event->isCancelled, more.contains("cancelled"));
    }

    void aDeletedEventMayHaveNothingButItsId()
    {
        const auto event = eventFrom(parsed(R"({"id": "gone01", "status": "cancelled"})"), kDenver);
        QVERIFY(event && event->isCancelled && !event->isBusy);
        QVERIFY(!event->range.start.isValid());
    }

    void aTimeWithoutAnOffsetIsOneOfItsZone()
    {
        const auto event = eventFrom(
            parsed(R"({"id": "naive01", )"
                   R"("start": {"dateTime": "2026-07-01T09:00:00", "timeZone": "Europe/Berlin"}, )"
                   R"("end": {"dateTime": "2026-07-01T10:00:00", "timeZone": "Europe/Berlin"}})"),
            kDenver);
        QVERIFY(event);
        QCOMPARE(event->range.start, utc(u"2026-07-01T07:00:00Z"_s));
    }

    void refusesNonsense_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("nothing") << QByteArray("{}");
        QTest::newRow("no id") << QByteArray(
            R"({"start": {"date": "2026-03-08"}, "end": {"date": "2026-03-09"}})");
        QTest::newRow("no times") << QByteArray(R"({"id": "x12345"})");
        QTest::newRow("no end") << QByteArray(
            R"({"id": "x12345", "start": {"date": "2026-03-08"}})");
        QTest::newRow("times that are numbers")
            << QByteArray(R"({"id": "x12345", "start": {"dateTime": 5}, "end": {"dateTime": 6}})");
        QTest::newRow("an end before its start") << QByteArray(
            R"({"id": "x12345", "start": {"date": "2026-03-08"}, "end": {"date": "2026-03-07"}})");
        QTest::newRow("start is a text")
            << QByteArray(R"({"id": "x12345", "start": "now", "end": 1})");
    }

    void refusesNonsense()
    {
        QFETCH(QByteArray, json);
        const auto event = eventFrom(parsed(json), kDenver);
        QVERIFY(!event);
        QCOMPARE(event.error().fault, base::Fault::Upstream);
    }

    void writesAnEvent()
    {
        NewCalendarEvent event;
        event.id = u"0a1b2c3d"_s;
        event.summary = u"Cut & colour"_s;
        event.description = u"two\nlines"_s;
        event.range = {utc(u"2026-07-01T16:00:00Z"_s), utc(u"2026-07-01T17:00:00Z"_s)};
        event.timeZone = u"America/Denver"_s;
        QJsonObject json = server::google::toJson(event);
        QCOMPARE(json[u"id"_s].toString(), u"0a1b2c3d"_s);
        QCOMPARE(json[u"summary"_s].toString(), u"Cut & colour"_s);
        QCOMPARE(json[u"description"_s].toString(), u"two\nlines"_s);
        QCOMPARE(json[u"location"_s].toString(), QString());
        QCOMPARE(json[u"start"_s][u"dateTime"_s].toString(), u"2026-07-01T10:00:00-06:00"_s);
        QCOMPARE(json[u"start"_s][u"timeZone"_s].toString(), u"America/Denver"_s);
        QCOMPARE(json[u"end"_s][u"dateTime"_s].toString(), u"2026-07-01T11:00:00-06:00"_s);
        QCOMPARE(json[u"reminders"_s][u"useDefault"_s].toBool(), true);
        QVERIFY(!json.contains(u"attendees"_s));
        event.attendeeEmail = u"ann@example.com"_s;
        json = server::google::toJson(event);
        QCOMPARE(json[u"attendees"_s][0][u"email"_s].toString(), u"ann@example.com"_s);
    }
};

QTEST_APPLESS_MAIN(TestEventJson)
#include "tst_event_json.moc"
