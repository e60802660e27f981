// What staff do: watch, listen, hang up; and what they may not.
#include "tests/journeys/stage.h"

#include "shared/audio/mulaw.h"
#include "shared/protocol/live.h"

#include <QObject>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>
#include <QWebSocket>

#include <cmath>

using protocol::CallState;
using protocol::ListenFrame;
using tests::Answer;
using tests::Stage;

namespace {

/// A console reduced to its feed.
class Feed
{
public:
    explicit Feed(Stage &stage) : m_stage(stage)
    {
        QObject::connect(&m_socket, &QWebSocket::textMessageReceived, &m_socket,
                         [this](const QString &text) {
                             messages.append(QJsonDocument::fromJson(text.toUtf8()).object());
                         });
        QObject::connect(&m_socket, &QWebSocket::binaryMessageReceived, &m_socket,
                         [this](const QByteArray &bytes) {
                             if (const auto frame = ListenFrame::decode(bytes))
                                 frames.append(*frame);
                         });
    }

    /// Fetches a ticket and opens the feed with it.
    bool open()
    {
        ticket = m_stage.staff()
                     .post(QStringLiteral("/admin/live/ticket"), {})
                     .object()
                     .value(QLatin1String("ticket"))
                     .toString();
        return openWith(ticket);
    }
    bool openWith(const QString &with)
    {
        QUrl url = m_stage.server().url();
        url.setScheme(QStringLiteral("ws"));
        url.setPath(QStringLiteral("/admin/live"));
        url.setQuery(QStringLiteral("ticket=") + with);
        m_socket.open(url);
        return QTest::qWaitFor(
            [this] { return m_socket.state() == QAbstractSocket::ConnectedState; }, 3'000);
    }
    void say(const QJsonObject &message)
    {
        m_socket.sendTextMessage(
            QString::fromUtf8(QJsonDocument(message).toJson(QJsonDocument::Compact)));
    }
    /// The first message of that type, waited for; empty when none comes.
    QJsonObject wait(const QString &type, int patienceMs = 10'000)
    {
        QJsonObject found;
        [[maybe_unused]] const bool inTime = QTest::qWaitFor(
            [&] {
                for (const QJsonObject &message : std::as_const(messages)) {
                    if (message.value(QLatin1String("type")).toString() == type)
                        found = message;
                }
                return !found.isEmpty();
            },
            patienceMs);
        return found;
    }
    /// True as soon as the feed has shown the call in that state.
    bool sees(qint64 id, CallState state)
    {
        return QTest::qWaitFor(
            [&] {
                for (const QJsonObject &message : std::as_const(messages)) {
                    const QJsonArray changed = message.value(QLatin1String("changed")).toArray();
                    for (const auto &value : changed) {
                        const auto call = protocol::LiveCall::fromJson(value.toObject());
                        if (call && call->id == id && call->state == state)
                            return true;
                    }
                }
                return false;
            },
            20'000);
    }
    bool isOpen() const { return m_socket.state() == QAbstractSocket::ConnectedState; }

    QString ticket;
    QList<QJsonObject> messages;
    QList<ListenFrame> frames;

private:
    Stage &m_stage;
    QWebSocket m_socket;
};

double loudness(const QList<ListenFrame> &frames, ListenFrame::Leg ListenFrame::*leg)
{
    double sum = 0;
    for (const ListenFrame &frame : frames) {
        for (const std::uint8_t code : frame.*leg) {
            const double sample = audio::decodeMulaw(code) / 32768.0;
            sum += sample * sample;
        }
    }
    return frames.isEmpty()
               ? 0
               : std::sqrt(sum / double(frames.size() * qsizetype(audio::kFrameBytes)));
}

QJsonObject command(const char *type, qint64 call)
{
    return {{QStringLiteral("type"), QLatin1String(type)}, {QStringLiteral("call_id"), call}};
}

} // namespace

class StaffJourney : public QObject
{
    Q_OBJECT
private slots:
    void feedShowsCallsAndTranscript();
    void listenerHearsBothLegs();
    void hangUpEndsTheCallAndIsAudited();
    void hangUpBeforeTheConversation_data();
    void hangUpBeforeTheConversation();
    void ticketsWorkOnce();
    void ordinaryUsersAreKeptOut();
};

void StaffJourney::feedShowsCallsAndTranscript()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Feed feed(stage);
    QVERIFY(feed.open());
    QVERIFY(feed.wait(QStringLiteral("snapshot")).value(QLatin1String("calls")).isArray());
    const qint64 id = stage.place(QStringLiteral("default"));
    feed.say(command("watch", id));
    const QJsonObject line = feed.wait(QStringLiteral("transcript"), 20'000);
    QCOMPARE(line.value(QLatin1String("call_id")).toInteger(), id);
    QVERIFY(!line.value(QLatin1String("line"))
                 .toObject()
                 .value(QLatin1String("text"))
                 .toString()
                 .isEmpty());
    QVERIFY(feed.sees(id, CallState::Talking));
    QVERIFY(!feed.wait(QStringLiteral("delta")).value(QLatin1String("levels")).isUndefined());

    Feed late(stage);
    QVERIFY(late.open());
    QVERIFY(
        !late.wait(QStringLiteral("snapshot")).value(QLatin1String("calls")).toArray().isEmpty());
}

void StaffJourney::listenerHearsBothLegs()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Feed feed(stage);
    QVERIFY(feed.open());
    const qint64 id = stage.place(QStringLiteral("default"));
    feed.say(command("listen", id));
    QCOMPARE(feed.wait(QStringLiteral("refused")).value(QLatin1String("request")).toString(),
             QStringLiteral("listen")); // it still rings
    QVERIFY(feed.sees(id, CallState::Talking));
    feed.say(command("listen", id));
    QCOMPARE(feed.wait(QStringLiteral("listening")).value(QLatin1String("call_id")).toInteger(),
             id);
    QVERIFY(QTest::qWaitFor(
        [&] {
            return loudness(feed.frames, &ListenFrame::caller) > 0.005
                   && loudness(feed.frames, &ListenFrame::agent) > 0.005;
        },
        40'000));
    QVERIFY(std::all_of(feed.frames.begin(), feed.frames.end(),
                        [id](const auto &frame) { return frame.callId == id; }));
    feed.say({{QStringLiteral("type"), QStringLiteral("unlisten")}});
    QCOMPARE(feed.wait(QStringLiteral("stopped")).value(QLatin1String("reason")).toString(),
             QStringLiteral("asked"));
}

void StaffJourney::hangUpEndsTheCallAndIsAudited()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Feed feed(stage);
    QVERIFY(feed.open());
    const qint64 id = stage.place(QStringLiteral("default"));
    QVERIFY(feed.sees(id, CallState::Talking));
    const Answer answer = stage.staff().post(QStringLiteral("/admin/calls/%1/hangup").arg(id), {});
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.object().value(QLatin1String("status")).toString(), QStringLiteral("ending"));
    const QJsonObject call = stage.waitForEnd(id);
    QCOMPARE(call.value(QLatin1String("end_reason")).toString(), QStringLiteral("staff_hung_up"));
    QVERIFY(
        QTest::qWaitFor([&] { return stage.sandbox().phone().calls().front()->isOver(); }, 10'000));
    QCOMPARE(stage.staff().post(QStringLiteral("/admin/calls/%1/hangup").arg(id), {}).status, 409);
    QCOMPARE(stage.staff().post(QStringLiteral("/admin/calls/999999/hangup"), {}).status, 404);
    {
        QSqlDatabase database =
            QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("audit"));
        database.setDatabaseName(stage.environment().value(QStringLiteral("DATABASE_URL")));
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY(query.exec(
            QStringLiteral("SELECT subject FROM audit_log WHERE action = 'call.hung_up'")));
        QVERIFY(query.next());
        QCOMPARE(query.value(0).toString(), QStringLiteral("call:%1").arg(id));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("audit"));
}

void StaffJourney::hangUpBeforeTheConversation_data()
{
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("status");
    // The phone network lets the first ring for long, and nobody answers.
    QTest::newRow("while it rings") << QStringLiteral("+14155550002") << QStringLiteral("ringing");
    QTest::newRow("just answered")
        << QStringLiteral("+14155550123") << QStringLiteral("in-progress");
}

void StaffJourney::hangUpBeforeTheConversation()
{
    QFETCH(QString, number);
    QFETCH(QString, status);
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const qint64 id = stage.place(QStringLiteral("default"), number);
    const auto has = [&status](const QJsonObject &call) {
        return call.value(QLatin1String("status")).toString() == status;
    };
    QVERIFY(has(stage.waitForCall(id, has)));
    QCOMPARE(stage.staff().post(QStringLiteral("/admin/calls/%1/hangup").arg(id), {}).status, 200);
    QCOMPARE(stage.waitForEnd(id).value(QLatin1String("end_reason")).toString(),
             QStringLiteral("staff_hung_up"));
    QVERIFY(
        QTest::qWaitFor([&] { return stage.sandbox().phone().calls().front()->isOver(); }, 10'000));
}

void StaffJourney::ticketsWorkOnce()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Feed feed(stage);
    QVERIFY(feed.open());
    Feed again(stage);
    QVERIFY(!again.openWith(feed.ticket));
    QVERIFY(!again.openWith(QStringLiteral("made-up")));
    // Refused as plain HTTP, before anything is accepted.
    const tests::RestClient::Headers upgrade{{"Upgrade", "websocket"},
                                             {"Connection", "Upgrade"},
                                             {"Sec-WebSocket-Version", "13"},
                                             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
    QCOMPARE(stage.staff().get(QStringLiteral("/admin/live?ticket=") + feed.ticket, upgrade).status,
             401);
    QVERIFY(feed.isOpen());
}

void StaffJourney::ordinaryUsersAreKeptOut()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    const qint64 staffCall = stage.place(QStringLiteral("default"));
    tests::RestClient user(stage.server().url());
    const QJsonObject account{{QStringLiteral("email"), QStringLiteral("user@example.com")},
                              {QStringLiteral("password"), QStringLiteral("password123")}};
    QCOMPARE(user.post(QStringLiteral("/auth/register"), account).status, 200);
    QVERIFY(user.signIn(QStringLiteral("user@example.com"), QStringLiteral("password123")));
    QCOMPARE(user.post(QStringLiteral("/admin/live/ticket"), {}).status, 403);
    QCOMPARE(user.post(QStringLiteral("/admin/calls/%1/hangup").arg(staffCall), {}).status, 403);
    QCOMPARE(user.get(QStringLiteral("/admin/calls/%1").arg(staffCall)).status, 403);
    // Somebody else's call looks as if it did not exist.
    QCOMPARE(user.get(QStringLiteral("/calls/%1").arg(staffCall)).status, 404);
    QCOMPARE(tests::RestClient(stage.server().url()).get(QStringLiteral("/calls")).status, 401);
}

QTEST_GUILESS_MAIN(StaffJourney)
#include "tst_staff_journey.moc"
