// Connecting a Google Calendar, staying connected, and what happens when Google is not well.
#include "tests/journeys/calendar_steps.h"

#include <QObject>
#include <QTest>
#include <QUrlQuery>

using namespace tests;

namespace {

const QString kEvents = u"/google-calendar/events"_s;

/// The probe of the web app's pages: "is it connected?"
Answer probe(Owner &owner)
{
    return owner.get(kEvents
                     + u"?max_results=1&time_min=2024-01-01T00:00:00.000Z"
                       "&time_max=2030-01-01T00:00:00.000Z"_s);
}

QString valueOf(const QUrl &url, const QString &name)
{
    return QUrlQuery(url).queryItemValue(name, QUrl::FullyDecoded);
}

QUrl withValue(QUrl url, const QString &name, const QString &value)
{
    QUrlQuery query(url);
    query.removeQueryItem(name);
    query.addQueryItem(name, value);
    url.setQuery(query);
    return url;
}

QJsonObject calendarStep(Owner &owner)
{
    return owner.get(u"/onboarding/status"_s).object()[u"steps"_s][u"calendar"_s].toObject();
}

} // namespace

class CalendarJourney : public QObject
{
    Q_OBJECT
private slots:
    void connects_data();
    void connects();
    void takesAStateOnceAndInTime();
    void takesNoCodeOfAnotherBrowser();
    void showsARefusal();
    void renewsTokensAndTellsWhenConsentIsGone();
    void endures();
    void isNotSetUp();
};

void CalendarJourney::connects_data()
{
    QTest::addColumn<bool>("onPostgres");
    QTest::newRow("SQLite") << false;
    QTest::newRow("PostgreSQL") << true;
}

void CalendarJourney::connects()
{
    QFETCH(bool, onPostgres);
    if (onPostgres && Stage::lacksPostgres())
        QSKIP("no PostgreSQL");
    Stage stage(onPostgres ? Stage::Store::PostgreSql : Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    Owner bob(stage, u"bob"_s);
    // A 401 would sign the web app out.
    const Answer before = probe(ann);
    QCOMPARE(before.status, 404);
    QCOMPARE(detailOf(before), u"Google Calendar not connected"_s);
    QCOMPARE(calendarStep(ann)[u"completed"_s].toBool(), false);

    const QUrl back = visit(ann.consentUrl()).next;
    const Visit page = visit(back);
    QCOMPARE(page.status, 200);
    QVERIFY(page.body.contains(
        "3;url=http://localhost:5173/scheduled-meetings?success=true&amp;connected=calendar"));
    QVERIFY(!page.body.contains("<script"));
    QVERIFY(page.policy.contains("script-src 'self'"));
    QCOMPARE(probe(ann).status, 200);
    QCOMPARE(probe(bob).status, 404);
    QCOMPARE(calendarStep(ann)[u"completed"_s].toBool(), true);
    QCOMPARE(calendarStep(bob)[u"completed"_s].toBool(), false);
    const QJsonObject provider =
        ann.get(u"/onboarding/me/providers"_s).object()[u"credentials"_s][0].toObject();
    QCOMPARE(provider[u"provider"_s].toString(), u"google_calendar"_s);
    QCOMPARE(provider[u"is_connected"_s].toBool(), true);

    // It outlives the server, in whose log there is no secret.
    QCOMPARE(stage.server().terminate(), 0);
    QVERIFY(stage.server().errors().contains("calendar.connected"));
    for (const QString &secret : {valueOf(back, u"code"_s), valueOf(back, u"state"_s), u"ya29."_s})
        QVERIFY2(!stage.server().errors().contains(secret.toUtf8()), qPrintable(secret));
    QVERIFY2(stage.restart(), qPrintable(stage.why()));
    QCOMPARE(probe(ann).status, 200);

    auto &accounts = stage.sandbox().google().accounts();
    QVERIFY(accounts.hasConsent(accounts.signedIn()));
    QCOMPARE(ann.remove(u"/google-calendar/connection"_s).status, 200);
    QVERIFY(!accounts.hasConsent(accounts.signedIn()));
    QCOMPARE(probe(ann).status, 404);
    QCOMPARE(ann.remove(u"/google-calendar/connection"_s).status, 404);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

void CalendarJourney::takesAStateOnceAndInTime()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    const QUrl back = visit(ann.consentUrl()).next;
    const auto refused = [](const QUrl &url) {
        const Visit answer = visit(url);
        return answer.status == 400
               && QJsonDocument::fromJson(answer.body)[u"detail"_s].toString()
                      == u"Invalid state parameter";
    };
    QVERIFY(refused(withValue(back, u"state"_s, u"somebody-elses"_s)));
    QVERIFY(refused(withValue(back, u"state"_s, {})));
    QCOMPARE(probe(ann).status, 404);
    QCOMPARE(visit(back).status, 200);
    QCOMPARE(probe(ann).status, 200);
    QVERIFY(refused(back)); // once

    const QUrl late = visit(ann.consentUrl()).next;
    QCOMPARE(stage.execute(u"UPDATE oauth_states SET expires_at = '2020-01-01T00:00:00.000Z'"_s),
             QString());
    QVERIFY(refused(late));

    // The same with JSON for an answer.
    QUrl alias = visit(ann.consentUrl()).next;
    alias.setPath(u"/google-calendar/google-calendar/callback"_s);
    const Visit connected = visit(alias);
    QCOMPARE(connected.status, 200);
    QCOMPARE(QJsonDocument::fromJson(connected.body)[u"message"_s].toString(),
             u"Google Calendar connected!"_s);
    QVERIFY(refused(alias));
}

void CalendarJourney::takesNoCodeOfAnotherBrowser()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    Owner eve(stage, u"eve"_s);
    // Eve has got hold of Ann's code and hands it in with a state of her own: PKCE says no.
    const QUrl ofAnn = visit(ann.consentUrl()).next;
    const QUrl ofEve = visit(eve.consentUrl()).next;
    const Visit page = visit(withValue(ofEve, u"code"_s, valueOf(ofAnn, u"code"_s)));
    QCOMPARE(page.status, 200);
    QVERIFY(page.body.contains("error=calendar_connection_failed"));
    QCOMPARE(probe(eve).status, 404);
    QCOMPARE(probe(ann).status, 404);
}

void CalendarJourney::showsARefusal()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    auto &accounts = stage.sandbox().google().accounts();
    accounts.refuseConsent(true);
    const Visit page = ann.connect();
    QCOMPARE(page.status, 200);
    QVERIFY(page.body.contains(
        "5;url=http://localhost:5173/"
        "scheduled-meetings?error=calendar_connection_failed&amp;message=Google"));
    accounts.refuseConsent(false);
    // What somebody writes into the address is text on the page, and no more.
    const Visit hostile = visit(
        withValue(visit(ann.consentUrl()).next, u"code"_s, u"\"><script>alert(1)</script>"_s));
    QCOMPARE(hostile.status, 200);
    QVERIFY(!hostile.body.contains("<script"));
    QCOMPARE(probe(ann).status, 404);
    QCOMPARE(ann.connect().status, 200);
    QCOMPARE(probe(ann).status, 200);
}

void CalendarJourney::renewsTokensAndTellsWhenConsentIsGone()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &accounts = stage.sandbox().google().accounts();
    Owner ann(stage, u"ann"_s);
    QCOMPARE(ann.connect().status, 200);
    QCOMPARE(probe(ann).status, 200);
    QCOMPARE(accounts.refreshes(), 0);
    accounts.expireAccessTokens();
    QCOMPARE(probe(ann).status, 200);
    QCOMPARE(probe(ann).status, 200);
    QCOMPARE(accounts.refreshes(), 1); // the new token was kept

    accounts.takeBack(accounts.signedIn());
    const Answer gone = probe(ann);
    QCOMPARE(gone.status, 500); // the web app looks for this word in a 500
    QVERIFY(detailOf(gone).contains(u"invalid_grant"));
    QCOMPARE(ann.connect().status, 200);
    QCOMPARE(probe(ann).status, 200);
}

void CalendarJourney::endures()
{
    using enum sandbox::GoogleFault::Kind;
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &google = stage.sandbox().google();
    Owner ann(stage, u"ann"_s);
    QCOMPARE(ann.connect().status, 200);
    const auto asked = [&](sandbox::GoogleFault::Kind kind, int count) {
        google.addFault({.kind = kind, .count = count});
        return probe(ann);
    };
    QCOMPARE(asked(Slow, 1).status, 200);
    QCOMPARE(asked(Failing, 1).status, 200); // tried again
    QCOMPARE(asked(Drop, 1).status, 200);
    QCOMPARE(asked(Rate, 1).status, 200);
    QCOMPARE(asked(TooMany, 1).status, 200);
    QCOMPARE(asked(Quota, 1).status, 429);
    const Answer garbage = asked(Garbage, 1);
    QCOMPARE(garbage.status, 502);
    QVERIFY(detailOf(garbage).startsWith(u"Failed to retrieve calendar events: "));
    QCOMPARE(asked(Failing, 4).status, 502);
    google.clearFaults();
    QCOMPARE(probe(ann).status, 200);
}

void CalendarJourney::isNotSetUp()
{
    Stage stage(Stage::Store::Sqlite,
                {{u"GOOGLE_CLIENT_ID"_s, {}}, {u"GOOGLE_CLIENT_SECRET"_s, {}}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    QCOMPARE(ann.get(u"/google-calendar/auth"_s).status, 503);
    QCOMPARE(ann.get(u"/google-calendar/auth/google"_s).status, 503);
    QCOMPARE(probe(ann).status, 404);
    QCOMPARE(ann.get(kEvents + u"?max_results=x"_s).status, 422);
    QCOMPARE(
        visit(QUrl(stage.server().url().toString() + u"/google-calendar/callback?state=x&code=y"_s))
            .status,
        400);
    RestClient nobody(stage.server().url());
    QCOMPARE(nobody.get(u"/google-calendar/auth"_s).status, 401);
    QCOMPARE(nobody.get(kEvents).status, 401);
}

QTEST_GUILESS_MAIN(CalendarJourney)
#include "tst_calendar_journey.moc"
