#include "console/api/api_client.h"
#include "tests/console/fake_server.h"

#include <QSignalSpy>
#include <QTest>

#include <optional>

using console::api::ApiClient;
using tests::FakeServer;

class TstApiClient final : public QObject
{
    Q_OBJECT

private:
    static void signIn(ApiClient &client, const FakeServer &server)
    {
        QSignalSpy in(&client, &ApiClient::signedIn);
        client.signIn(server.url(), QStringLiteral("sam+staff@example.com"),
                      base::Secret(server.password.toUtf8()));
        QTRY_COMPARE(in.count(), 1);
    }

private slots:
    void signsIn()
    {
        FakeServer server;
        server.password = QStringLiteral("a+b c&d=é%");
        ApiClient client;
        QSignalSpy issued(&client, &ApiClient::refreshTokenIssued);
        signIn(client, server);
        QCOMPARE(client.user().name, QStringLiteral("Sam Keller"));
        QCOMPARE(issued.count(), 1);
        QCOMPARE(server.requests, (QStringList{QStringLiteral("POST /auth/login"),
                                               QStringLiteral("GET /users/me")}));
    }

    void wrongPasswordIsSaid()
    {
        FakeServer server;
        ApiClient client;
        QSignalSpy failed(&client, &ApiClient::signInFailed);
        client.signIn(server.url(), QStringLiteral("a@b.c"), base::Secret("wrong"));
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed[0][0].toString(), QStringLiteral("Incorrect username or password"));
        QVERIFY(!client.isSignedIn());
    }

    void noServerIsSaid()
    {
        FakeServer server;
        server.goAway();
        ApiClient client;
        QSignalSpy failed(&client, &ApiClient::signInFailed);
        client.signIn(server.url(), QStringLiteral("a@b.c"), base::Secret("x"));
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed[0][0].toString(), QStringLiteral("Nothing answers at this address."));
    }

    void anExpiredTokenIsRefreshedOnceForAllWhoWait()
    {
        FakeServer server;
        ApiClient client;
        signIn(client, server);
        server.expireAccess();
        int tickets = 0;
        for (int i = 0; i < 3; ++i)
            client.fetchTicket(this, [&](const base::Result<QString> &ticket) {
                QVERIFY(ticket);
                ++tickets;
            });
        QTRY_COMPARE(tickets, 3);
        QCOMPARE(server.refreshes, 1);
        QVERIFY(client.isSignedIn());
    }

    void aRefusedRefreshEndsTheSession()
    {
        FakeServer server;
        ApiClient client;
        signIn(client, server);
        server.expireAccess();
        server.refusesRefresh = true;
        QSignalSpy out(&client, &ApiClient::signedOut);
        bool isAnswered = false;
        client.fetchTicket(this, [&](const base::Result<QString> &) { isAnswered = true; });
        QTRY_COMPARE(out.count(), 1);
        QVERIFY(!out[0][0].toString().isEmpty());
        QVERIFY(!isAnswered);
        QVERIFY(!client.isSignedIn());
    }

    void aServerThatIsAwayDoesNotEndTheSession()
    {
        FakeServer server;
        ApiClient client;
        signIn(client, server);
        server.goAway();
        QSignalSpy out(&client, &ApiClient::signedOut);
        std::optional<base::Fault> fault;
        client.fetchTicket(this, [&](const base::Result<QString> &t) {
            fault = t ? base::Fault::Internal : t.error().fault;
        });
        QTRY_VERIFY(fault);
        QCOMPARE(*fault, base::Fault::Unavailable);
        QCOMPARE(out.count(), 0);
        QVERIFY(client.isSignedIn());
    }

    void resumesWithARefreshToken()
    {
        FakeServer server;
        base::Secret token;
        {
            ApiClient first;
            connect(&first, &ApiClient::refreshTokenIssued, this,
                    [&](const base::Secret &issued) { token = issued; });
            signIn(first, server);
        }
        ApiClient client;
        QSignalSpy in(&client, &ApiClient::signedIn);
        client.resume(server.url(), token);
        QTRY_COMPARE(in.count(), 1);
        QVERIFY(!server.requests.last().isEmpty());
    }

    void hangsUpAndReportsRefusal()
    {
        FakeServer server;
        ApiClient client;
        signIn(client, server);
        QSignalSpy asked(&server, &FakeServer::hangUpAsked);
        bool isDone = false;
        client.hangUp(base::CallId{42}, this, [&](const base::Result<> &r) { isDone = bool(r); });
        QTRY_VERIFY(isDone);
        QCOMPARE(asked[0][0].toLongLong(), 42);
        server.hangUpStatus = 409;
        QString message;
        client.hangUp(base::CallId{42}, this,
                      [&](const base::Result<> &r) { message = r.error().message; });
        QTRY_COMPARE(message, QStringLiteral("It has ended."));
    }

    void signsOutOnTheServerToo()
    {
        FakeServer server;
        ApiClient client;
        signIn(client, server);
        QSignalSpy out(&client, &ApiClient::signedOut);
        client.signOut();
        QCOMPARE(out.count(), 1);
        QVERIFY(out[0][0].toString().isEmpty());
        QTRY_COMPARE(server.requests.last(), QStringLiteral("POST /auth/logout"));
    }

    void aDeadContextHearsNothing()
    {
        FakeServer server;
        ApiClient client;
        signIn(client, server);
        auto context = std::make_unique<QObject>();
        bool isCalled = false;
        client.fetchTicket(context.get(), [&](const base::Result<QString> &) { isCalled = true; });
        context.reset();
        bool isOther = false;
        client.fetchTicket(this, [&](const base::Result<QString> &) { isOther = true; });
        QTRY_VERIFY(isOther);
        QTRY_COMPARE(server.requests.count(QStringLiteral("POST /admin/live/ticket")), 2);
        QVERIFY(!isCalled);
    }
};

QTEST_GUILESS_MAIN(TstApiClient)
#include "tst_api_client.moc"
