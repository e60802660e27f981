// Answers of calendars and bookings against their description.
#include "tests/journeys/calendar_steps.h"
#include "tests/journeys/described_api.h"

#include <QObject>
#include <QTest>

using namespace tests;

class CalendarOpenApi : public QObject
{
    Q_OBJECT
private slots:
    void answersMatchTheirSchemas();
};

void CalendarOpenApi::answersMatchTheirSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    const QJsonObject api = nobody.get(u"/openapi.json"_s).object();
    Owner ann(stage, u"ann"_s);
    DescribedAnswers check(api);
    const auto get = [&](const char *path, const QString &query, int status) {
        check(ann.get(QLatin1String(path) + query), "get", path, status);
    };
    const auto post = [&](const char *path, const QJsonObject &body, int status) {
        check(ann.post(QLatin1String(path), body), "post", path, status);
    };
    const QString slot = u"?start_time="_s + at(9);
    const QString days = u"?start_date="_s + at(9);
    const QJsonObject test{{u"summary"_s, u"Try"_s}, {u"start"_s, at(9)}, {u"end"_s, at(10)}};
    const QJsonObject call{{u"phone_number"_s, u"4155550123"_s},
                           {u"scheduled_time"_s, at(11)},
                           {u"scenario"_s, u"default"_s}};
    QJsonObject appointment{{u"user_id"_s, ann.id()},
                            {u"summary"_s, u"Haircut"_s},
                            {u"start_iso"_s, at(14)},
                            {u"end_iso"_s, at(15)}};
    const QJsonObject strict{{u"booking_policy"_s, u"strict"_s},
                             {u"employee_count"_s, 1},
                             {u"max_concurrent_bookings"_s, 1}};

    // Without a calendar.
    get("/google-calendar/events", {}, 404);
    get("/google-calendar/check-availability", slot, 404);
    get("/google-calendar/find-slots", days, 404);
    post("/google-calendar/test-create-event", test, 200);
    post("/google-calendar/schedule", call, 404);
    post("/tools/createCalendarEvent", appointment, 400);
    check(ann.remove(u"/google-calendar/connection"_s), "delete", "/google-calendar/connection",
          404);
    get("/booking/config", {}, 200);
    get("/google-calendar/callback", u"?state=x&code=y"_s, 400);
    get("/google-calendar/google-calendar/callback", u"?state=x&code=y"_s, 400);

    // With one.
    get("/google-calendar/auth", {}, 200);
    get("/google-calendar/auth/google", {}, 200);
    QUrl back = visit(ann.consentUrl()).next;
    get("/google-calendar/google-calendar/callback", u'?' + back.query(QUrl::FullyEncoded), 200);
    post("/google-calendar/test-create-event", test, 200);
    post("/google-calendar/test-create-event", {}, 422);
    get("/google-calendar/events", {}, 200);
    get("/google-calendar/events", u"?max_results=many"_s, 422);
    get("/google-calendar/check-availability", slot, 200);
    get("/google-calendar/check-availability", {}, 422);
    get("/google-calendar/find-slots", days, 200);
    get("/google-calendar/find-slots", {}, 422);
    post("/google-calendar/schedule", call, 200);
    post("/google-calendar/schedule", {}, 422);
    post("/tools/createCalendarEvent", appointment, 200);
    appointment.insert(u"summary"_s, u"Colour"_s);
    post("/tools/createCalendarEvent", appointment, 200); // a conflict
    post("/tools/createCalendarEvent", {}, 422);
    appointment.insert(u"user_id"_s, ann.id() + 1);
    post("/tools/createCalendarEvent", appointment, 403);
    get("/tools/health", {}, 200);
    check(ann.put(u"/booking/config"_s, strict), "put", "/booking/config", 200);
    check(ann.put(u"/booking/config"_s, {}), "put", "/booking/config", 422);
    get("/booking/config", {}, 200);
    get("/booking/config/help", {}, 200);
    stage.sandbox().google().addFault({.kind = sandbox::GoogleFault::Kind::Quota});
    get("/google-calendar/events", {}, 429);
    stage.sandbox().google().addFault({.kind = sandbox::GoogleFault::Kind::Garbage});
    get("/google-calendar/events", {}, 502);
    stage.sandbox().google().accounts().takeBack(stage.sandbox().google().accounts().signedIn());
    get("/google-calendar/events", {}, 500);
    check(nobody.get(u"/google-calendar/events"_s), "get", "/google-calendar/events", 401);
    QVERIFY2(check.wrong().isEmpty(), qPrintable(check.wrong().join(u'\n')));
    QCOMPARE(check.count(), 36);
}

QTEST_GUILESS_MAIN(CalendarOpenApi)
#include "tst_calendar_openapi.moc"
