#include "server/adapters/google/google_calendar.h"
#include "tests/server/adapters/google/google_values.h"
#include "tests/server/adapters/local_service.h"

#include <QJsonArray>
#include <QTest>
#include <QUrlQuery>

using base::Fault;
using base::Secret;
using namespace server::core;
using namespace Qt::StringLiterals;
using sandbox::HttpAnswer;
using server::google::GoogleCalendar;
using tests::body;
using tests::utc;

namespace {

/// As the Calendar API refuses.
HttpAnswer refusal(int status, const char *reason)
{
    const QString text = uR"({"error": {"errors": [{"domain": "usageLimits", "reason": "%1", )"
                         uR"("message": "Words"}], "code": %2, "message": "Words"}})"_s;
    return body(text.arg(QLatin1String(reason)).arg(status).toUtf8(), status);
}

QByteArray eventAt(const char *id, const char *hour)
{
    const QString text = uR"({"id": "%1", "start": {"dateTime": "2026-03-02T%2:00:00Z"}, )"
                         uR"("end": {"dateTime": "2026-03-02T%2:30:00Z"}})"_s;
    return text.arg(QLatin1String(id), QLatin1String(hour)).toUtf8();
}

const TimeRange kDay{utc(u"2026-03-02T00:00:00Z"_s), utc(u"2026-03-03T00:00:00Z"_s)};
const Secret kToken("ya29.to ken");

/// No pause is waited for; their lengths are kept.
struct CalendarWorld
{
    tests::LocalService google;
    server::web::HttpClient web;
    std::vector<qint64> pauses;
    server::google::RetryPolicy policy()
    {
        server::google::RetryPolicy policy;
        policy.wait = [this](std::chrono::milliseconds pause) { pauses.push_back(pause.count()); };
        return policy;
    }
    GoogleCalendar calendar{
        {u"id"_s, Secret("secret"), u"http://localhost/cb"_s, google.url(), google.url()},
        web,
        policy()};
    QUrlQuery query(size_t request) const
    {
        return QUrlQuery(QString::fromUtf8(google.requests().at(request).query));
    }
};

NewCalendarEvent newEvent()
{
    NewCalendarEvent made;
    made.id = u"0a1b2c3d"_s;
    made.summary = u"Haircut"_s;
    made.range = {utc(u"2026-03-02T21:00:00Z"_s), utc(u"2026-03-02T21:30:00Z"_s)};
    made.timeZone = u"America/Denver"_s;
    return made;
}

} // namespace

class TestGoogleCalendar : public QObject
{
    Q_OBJECT

private slots:
    void listsEventsPageByPage()
    {
        CalendarWorld world;
        world.google.answerInTurn(
            {body(R"({"timeZone": "America/Denver", "nextPageToken": "a+b/c=", "items": [)"
                  + eventAt("first1", "09") + ',' + eventAt("second", "10") + "]}"),
             body(R"({"timeZone": "America/Denver", "items": [)" + eventAt("third1", "11")
                  + "]}")});
        const auto found = world.calendar.events(kToken, kDay, 10);
        QVERIFY(found);
        QCOMPARE(found->size(), size_t(3));
        QCOMPARE(found->back().id, u"third1"_s);
        const auto requests = world.google.requests();
        QCOMPARE(requests.size(), size_t(2));
        QCOMPARE(requests[0].method, QByteArray("GET"));
        QCOMPARE(requests[0].path, QByteArray("/calendar/v3/calendars/primary/events"));
        QCOMPARE(requests[0].headers.value("authorization"), QByteArray("Bearer ya29.to ken"));
        const QUrlQuery query = world.query(0);
        QCOMPARE(query.queryItemValue(u"singleEvents"_s), u"true"_s);
        QCOMPARE(query.queryItemValue(u"orderBy"_s), u"startTime"_s);
        QCOMPARE(query.queryItemValue(u"timeMin"_s, QUrl::FullyDecoded), u"2026-03-02T00:00:00Z"_s);
        QCOMPARE(query.queryItemValue(u"timeMax"_s, QUrl::FullyDecoded), u"2026-03-03T00:00:00Z"_s);
        QCOMPARE(query.queryItemValue(u"maxResults"_s), u"10"_s);
        QVERIFY(!query.hasQueryItem(u"pageToken"_s));
        QVERIFY(requests[1].query.contains("pageToken=a%2Bb%2Fc%3D"));
        QVERIFY(requests[1].query.contains("maxResults=8"));
    }

    void stopsAtTheLimit()
    {
        CalendarWorld world;
        world.google.answerWith(body(R"({"nextPageToken": "next", "items": [)"
                                     + eventAt("first1", "09") + ',' + eventAt("second", "10")
                                     + "]}"));
        const auto found = world.calendar.events(kToken, kDay, 3);
        QCOMPARE(found.value().size(), size_t(3));
        QCOMPARE(world.google.requests().size(), size_t(2));
    }

    void givesUpOnPagesWithoutEnd()
    {
        CalendarWorld world;
        world.google.answerWith(body(R"({"nextPageToken": "again", "items": []})"));
        const auto found = world.calendar.events(kToken, kDay, 3);
        QVERIFY(!found);
        QCOMPARE(found.error().fault, Fault::Upstream);
        QCOMPARE(world.google.requests().size(), size_t(50));
    }

    void readsFreeBusy()
    {
        CalendarWorld world;
        world.google.answerWith(body(
            R"({"kind": "calendar#freeBusy", "calendars": {"primary": )"
            R"({"busy": [{"start": "2026-03-02T16:00:00Z", "end": "2026-03-02T17:30:00Z"}]}}})"));
        const auto busy = world.calendar.busy(kToken, kDay);
        QCOMPARE(busy.value(), (std::vector<TimeRange>{{utc(u"2026-03-02T16:00:00Z"_s),
                                                        utc(u"2026-03-02T17:30:00Z"_s)}}));
        const auto request = world.google.requests().front();
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.path, QByteArray("/calendar/v3/freeBusy"));
        QCOMPARE(request.json()[u"items"_s][0][u"id"_s].toString(), u"primary"_s);
        QCOMPARE(request.json()[u"timeMin"_s].toString(), u"2026-03-02T00:00:00Z"_s);
        // A calendar that could not be looked at is not a free one.
        world.google.answerWith(body(
            R"({"calendars": {"primary": {"errors": [{"reason": "internalError"}], "busy": []}}})"));
        QCOMPARE(world.calendar.busy(kToken, kDay).error().fault, Fault::Upstream);
    }

    void insertsAndFinds()
    {
        CalendarWorld world;
        world.google.answerWith(body(eventAt("0a1b2c3d", "21")));
        QCOMPARE(world.calendar.insert(kToken, newEvent()).value().id, u"0a1b2c3d"_s);
        auto request = world.google.requests().front();
        QCOMPARE(request.query, QByteArray("sendUpdates=none"));
        QVERIFY(request.headers.value("content-type").startsWith("application/json"));
        QCOMPARE(request.json()[u"id"_s].toString(), u"0a1b2c3d"_s);
        NewCalendarEvent invited = newEvent();
        invited.attendeeEmail = u"ann@example.com"_s;
        QVERIFY(world.calendar.insert(kToken, invited));
        QCOMPARE(world.google.requests().back().query, QByteArray("sendUpdates=all"));

        QVERIFY(world.calendar.find(kToken, u"a/b c"_s).value().has_value());
        QCOMPARE(world.google.requests().back().path,
                 QByteArray("/calendar/v3/calendars/primary/events/a%2Fb%20c"));
        world.google.answerWith(refusal(404, "notFound"));
        QVERIFY(!world.calendar.find(kToken, u"none1"_s).value().has_value());
        world.google.answerWith(body(R"({"id": "gone01", "status": "cancelled"})"));
        QVERIFY(world.calendar.find(kToken, u"gone01"_s).value()->isCancelled);
    }

    void knowsTheZone()
    {
        CalendarWorld world;
        world.google.answerWith(body(R"({"id": "primary", "timeZone": "Europe/Berlin"})"));
        QCOMPARE(world.calendar.timeZone(kToken).value(), u"Europe/Berlin"_s);
        QCOMPARE(world.google.requests().front().path,
                 QByteArray("/calendar/v3/calendars/primary"));
    }

    void tellsFailuresApart_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<int>("tries");
        const auto row = [](int status, const char *reason, Fault fault, int tries) {
            QTest::addRow("%d %s", status, reason)
                << status << QByteArray(reason) << fault << tries;
        };
        row(400, "invalid", Fault::Invalid, 1);
        row(401, "authError", Fault::Unauthenticated, 1);
        row(403, "forbidden", Fault::Forbidden, 1);
        row(403, "quotaExceeded", Fault::LimitReached, 1);
        row(403, "rateLimitExceeded", Fault::LimitReached, 4);
        row(403, "userRateLimitExceeded", Fault::LimitReached, 4);
        row(404, "notFound", Fault::NotFound, 1);
        row(408, "timeout", Fault::Timeout, 4);
        row(409, "duplicate", Fault::Conflict, 1);
        row(410, "deleted", Fault::NotFound, 1);
        row(429, "rateLimitExceeded", Fault::LimitReached, 4);
        row(500, "backendError", Fault::Upstream, 4);
        row(503, "backendError", Fault::Upstream, 4);
    }

    void tellsFailuresApart()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, reason);
        CalendarWorld world;
        world.google.answerWith(refusal(status, reason.constData()));
        const auto made = world.calendar.insert(kToken, newEvent());
        QVERIFY(!made);
        QTEST(made.error().fault, "fault");
        QTEST(int(world.google.requests().size()), "tries");
    }

    void garbageIsNoAnswer_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a page") << QByteArray("<html>Sign in</html>");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("not UTF-8") << QByteArray("{\"items\": [\"\xff\xfe\"]}");
        QTest::newRow("cut off") << QByteArray(R"({"items": [{"id": )");
        QTest::newRow("an object of another kind") << QByteArray(R"({"hello": "world"})");
        QTest::newRow("items that are none") << QByteArray(R"({"items": [7, null, "x"]})");
        QTest::newRow("deep") << QByteArray(5'000, '[');
    }

    void garbageIsNoAnswer()
    {
        QFETCH(QByteArray, text);
        CalendarWorld world;
        world.google.answerWith(body(text));
        QCOMPARE(world.calendar.events(kToken, kDay, 10).error().fault, Fault::Upstream);
        QCOMPARE(world.calendar.busy(kToken, kDay).error().fault, Fault::Upstream);
        QCOMPARE(world.calendar.insert(kToken, newEvent()).error().fault, Fault::Upstream);
        QCOMPARE(world.calendar.find(kToken, u"x1234"_s).error().fault, Fault::Upstream);
        world.google.answerWith(body(text, 403));
        QCOMPARE(world.calendar.events(kToken, kDay, 10).error().fault, Fault::Forbidden);
    }

    void backsOffBetweenTries()
    {
        CalendarWorld world;
        world.google.answerInTurn({refusal(503, "backendError"), refusal(429, "rateLimitExceeded"),
                                   refusal(500, "backendError"), body(eventAt("0a1b2c3d", "21"))});
        QVERIFY(world.calendar.insert(kToken, newEvent()));
        QCOMPARE(world.pauses.size(), size_t(3));
        for (size_t i = 0; i < 3; ++i) {
            const qint64 usual = 1'000 << i;
            QVERIFY2(world.pauses[i] >= usual * 8 / 10 && world.pauses[i] <= usual * 12 / 10,
                     qPrintable(QString::number(world.pauses[i])));
        }
    }

    void insertsOnceWithoutAnId()
    {
        CalendarWorld world;
        world.google.answerWith(refusal(503, "backendError"));
        NewCalendarEvent unnamed = newEvent();
        unnamed.id.clear();
        QVERIFY(!world.calendar.insert(kToken, unnamed));
        QCOMPARE(world.google.requests().size(), size_t(1));
    }

    /// A quota that is used up at the second try says nothing of the first, whose answer was lost.
    void aRefusalNeverHidesALostAnswer()
    {
        CalendarWorld world;
        world.google.answerInTurn({refusal(500, "backendError"), refusal(403, "quotaExceeded")});
        QCOMPARE(world.calendar.insert(kToken, newEvent()).error().fault, Fault::Upstream);
        // That it is there already says it all, and so does a token that must be renewed first.
        world.google.answerInTurn({refusal(500, "backendError"), refusal(409, "duplicate")});
        QCOMPARE(world.calendar.insert(kToken, newEvent()).error().fault, Fault::Conflict);
        world.google.answerInTurn({refusal(500, "backendError"), refusal(401, "authError")});
        QCOMPARE(world.calendar.insert(kToken, newEvent()).error().fault, Fault::Unauthenticated);
    }

    void cannotBeReached()
    {
        server::web::HttpClient web;
        server::google::RetryPolicy policy;
        policy.wait = [](std::chrono::milliseconds) {};
        GoogleCalendar calendar({u"id"_s, Secret("secret"), {}, u"http://127.0.0.1:1"_s, {}}, web,
                                policy);
        QCOMPARE(calendar.events(kToken, kDay, 10).error().fault, Fault::Upstream);
    }
};

QTEST_GUILESS_MAIN(TestGoogleCalendar)
#include "tst_google_calendar.moc"
