#include "console/api/api_client.h"
#include "console/api/live_feed.h"
#include "tests/console/fake_server.h"

#include <QSignalSpy>
#include <QTest>

using console::api::ApiClient;
using console::api::LiveFeed;
using tests::FakeServer;

class TstLiveFeed final : public QObject
{
    Q_OBJECT

private:
    struct Bench
    {
        FakeServer server;
        ApiClient client;
        LiveFeed feed{[this](QObject *context, LiveFeed::TicketTaken taken) {
            client.fetchTicket(context, std::move(taken));
        }};

        void start()
        {
            protocol::LiveCall call;
            call.id = 5;
            call.state = protocol::CallState::Talking;
            server.calls[5] = call;
            QSignalSpy in(&client, &ApiClient::signedIn);
            client.signIn(server.url(), QStringLiteral("a@b.c"),
                          base::Secret(server.password.toUtf8()));
            QTRY_COMPARE(in.count(), 1);
            QSignalSpy snapshots(&feed, &LiveFeed::snapshotReceived);
            feed.start(server.url());
            QTRY_COMPARE(snapshots.count(), 1);
            QCOMPARE(feed.state(), LiveFeed::State::Online);
        }
    };

private slots:
    void beginsWithASnapshot()
    {
        Bench bench;
        bench.start();
        QCOMPARE(bench.server.usedTickets.size(), 1);
    }

    void reconnectsWithANewTicketAndAsksAgain()
    {
        Bench bench;
        bench.start();
        bench.feed.watch(5);
        bench.feed.listen(5);
        QTRY_COMPARE(bench.server.listened, 5);

        QSignalSpy snapshots(&bench.feed, &LiveFeed::snapshotReceived);
        QSignalSpy listening(&bench.feed, &LiveFeed::listeningStarted);
        bench.server.dropSockets();
        QTRY_COMPARE(bench.feed.state(), LiveFeed::State::Waiting);
        QVERIFY(!bench.feed.lastProblem().isEmpty());
        QTRY_COMPARE(snapshots.count(), 1);
        QTRY_COMPARE(listening.count(), 1);
        QCOMPARE(bench.server.watched, 5);
        QCOMPARE(bench.server.listened, 5);
        QCOMPARE(bench.server.usedTickets.size(), 2);
        QVERIFY(bench.server.usedTickets[0] != bench.server.usedTickets[1]);
    }

    void comesBackAfterTheServerWasAway()
    {
        Bench bench;
        bench.start();
        bench.server.goAway();
        QTRY_COMPARE(bench.feed.state(), LiveFeed::State::Waiting);
        const QDateTime firstRetry = bench.feed.retryAt();
        QTRY_VERIFY(bench.feed.state() == LiveFeed::State::Waiting
                    && bench.feed.retryAt() > firstRetry);
        bench.server.comeBack();
        bench.feed.retryNow();
        QTRY_COMPARE(bench.feed.state(), LiveFeed::State::Online);
    }

    void stopsTryingWhenTheServerWillNotLetUsIn()
    {
        Bench bench;
        bench.start();
        bench.server.refusesTickets = true;
        bench.server.dropSockets();
        QTRY_COMPARE(bench.feed.state(), LiveFeed::State::Refused);
        QCOMPARE(bench.feed.lastProblem(), QStringLiteral("Not for you"));
    }

    void deliversAudioAndSurvivesRubbish()
    {
        Bench bench;
        bench.start();
        QSignalSpy audio(&bench.feed, &LiveFeed::audioReceived);
        bench.server.send({{QStringLiteral("type"), QStringLiteral("nonsense")}});
        protocol::ListenFrame frame;
        frame.callId = 5;
        frame.sequence = 77;
        bench.server.sendAudio(frame);
        QTRY_COMPARE(audio.count(), 1);
        QCOMPARE(audio[0][0].value<protocol::ListenFrame>().sequence, 77U);
    }

    void forgetsListeningThatWasStopped()
    {
        Bench bench;
        bench.start();
        bench.feed.listen(5);
        QSignalSpy stopped(&bench.feed, &LiveFeed::listeningStopped);
        bench.server.send({{QStringLiteral("type"), QStringLiteral("stopped")},
                           {QStringLiteral("call_id"), 5},
                           {QStringLiteral("reason"), QStringLiteral("call ended")}});
        QTRY_COMPARE(stopped.count(), 1);
        QSignalSpy snapshots(&bench.feed, &LiveFeed::snapshotReceived);
        bench.server.dropSockets();
        QTRY_COMPARE(snapshots.count(), 1);
        bench.feed.watch(5);
        QTRY_COMPARE(bench.server.watched, 5); // it came after a "listen" would have come
        QCOMPARE(bench.server.listened, 0);
    }

    void stopEndsEverything()
    {
        Bench bench;
        bench.start();
        bench.feed.stop();
        QCOMPARE(bench.feed.state(), LiveFeed::State::Idle);
        QTRY_COMPARE(bench.server.consoles(), 0);
    }
};

QTEST_GUILESS_MAIN(TstLiveFeed)
#include "tst_live_feed.moc"
