// The model side against npm's aimock, a stand-in for OpenAI Realtime that is none of ours. It
// answers in text and function calls, and has neither voice nor ears: audio is the sandbox's part.
#include "tests/conformance/node.h"
#include "tests/journeys/calendar_steps.h"

#include <QTest>

using namespace tests;
using namespace Qt::StringLiterals;

namespace {

constexpr int kAimockNeeds = 20; // the major version of Node.js
constexpr int kCallPatienceMs = 60'000;

QJsonObject lineOf(const QJsonArray &transcript, const QString &text)
{
    for (const auto &line : transcript) {
        if (line[u"text"_s] == text)
            return line.toObject();
    }
    return {};
}

} // namespace

class RealtimeStandIn : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void theCallRunsToItsEnd();
    void theWordsAreStored();
    void theModelGotItsInstructions();
    void theAppointmentIsMadeAndToldToTheModel();

private:
    std::unique_ptr<node::Service> m_aimock;
    std::unique_ptr<Stage> m_stage;
    QJsonObject m_call;
    QJsonArray m_journal; ///< what aimock was asked for
};

void RealtimeStandIn::initTestCase()
{
    if (const QString why = node::obstacle({u"@copilotkit/aimock"_s}, kAimockNeeds); !why.isEmpty())
        QSKIP(qPrintable(why));
    const QString port = QString::number(node::freePort());
    m_aimock = std::make_unique<node::Service>();
    m_aimock->start({node::packageFile(u"@copilotkit/aimock/dist/cli.js"_s), u"--host"_s,
                     u"127.0.0.1"_s, u"--port"_s, port, u"--fixtures"_s,
                     node::ownFile(u"aimock_call.json"_s), u"--strict"_s});
    QVERIFY2(m_aimock->waitFor("listening"), m_aimock->output());
    m_stage = std::make_unique<Stage>(
        Stage::Store::Sqlite,
        Environment{{u"OPENAI_REALTIME_URL"_s, u"ws://127.0.0.1:%1/v1/realtime"_s.arg(port)}});
    QVERIFY2(m_stage->isReady(), qPrintable(m_stage->why()));

    Owner ann(*m_stage, u"ann"_s);
    QCOMPARE(ann.connect().status, 200);
    const qint64 id =
        ann.get(u"/make-calendar-call-scenario/4155550123"_s).object()[u"id"_s].toInteger();
    QVERIFY(id > 0);
    QVERIFY(QTest::qWaitFor(
        [&] {
            m_call = ann.get(u"/calls/%1"_s.arg(id)).object();
            return m_call[u"end_reason"_s].isString();
        },
        kCallPatienceMs));
    RestClient aimock(QUrl(u"http://127.0.0.1:"_s + port));
    const auto journal = aimock.get(u"/__aimock/journal"_s).array();
    for (const auto &entry : journal) {
        if (entry[u"method"_s].toString() == u"WS")
            m_journal.append(entry);
    }
}

void RealtimeStandIn::theCallRunsToItsEnd()
{
    QCOMPARE(m_call[u"status"_s].toString(), u"completed"_s);
    QCOMPARE(m_call[u"end_reason"_s].toString(), u"agent_hung_up"_s);
    QStringList events;
    for (const auto &event : m_call[u"timeline"_s].toArray())
        events.append(event[u"event"_s].toString());
    QVERIFY2(!events.contains(u"model error"_s) && !events.contains(u"model lost"_s)
                 && !events.contains(u"response failed"_s),
             qPrintable(events.join(u", ")));
}

void RealtimeStandIn::theWordsAreStored()
{
    const QJsonArray transcript = m_call[u"transcript"_s].toArray();
    for (const auto &text :
         {u"Good afternoon, let me look at the calendar."_s, u"That is settled, goodbye."_s}) {
        const QJsonObject line = lineOf(transcript, text);
        QCOMPARE(line[u"speaker"_s].toString(), u"agent"_s);
        // Written, and never spoken: nobody heard a word of it.
        QCOMPARE(line[u"heard_chars"_s].toInt(-1), 0);
    }
}

void RealtimeStandIn::theModelGotItsInstructions()
{
    QCOMPARE(m_journal.size(), 2);
    QCOMPARE(m_journal[0][u"path"_s].toString(), u"/v1/realtime"_s);
    QVERIFY(!m_journal[0][u"headers"_s].toObject().contains(u"openai-beta"_s));
    QCOMPARE(m_journal[0][u"body"_s][u"model"_s].toString(), u"gpt-realtime"_s);
    const QJsonArray messages = m_journal[0][u"body"_s][u"messages"_s].toArray();
    QCOMPARE(messages.size(), 2);
    QCOMPARE(messages[0][u"role"_s].toString(), u"system"_s);
    QVERIFY(messages[0][u"content"_s].toString().size() > 100);
    QCOMPARE(messages[1][u"role"_s].toString(), u"user"_s);
}

void RealtimeStandIn::theAppointmentIsMadeAndToldToTheModel()
{
    QCOMPARE(m_journal.size(), 2);
    const QJsonArray messages = m_journal[1][u"body"_s][u"messages"_s].toArray();
    const QJsonObject last = messages.last().toObject();
    QCOMPARE(last[u"role"_s].toString(), u"tool"_s);
    QCOMPARE(last[u"tool_call_id"_s].toString(), u"call_booking"_s);
    const QByteArray result = last[u"content"_s].toString().toUtf8();
    QVERIFY2(QJsonDocument::fromJson(result)[u"status"_s].toString() == u"created", result);
    QCOMPARE(m_stage->sandbox().google().calendar().all().size(), 1);
}

QTEST_GUILESS_MAIN(RealtimeStandIn)
#include "tst_realtime_stand_in.moc"
