// The sandbox's parts that need no socket.
#include "tests/sandbox/agent_script.h"
#include "tests/sandbox/caller.h"
#include "tests/sandbox/play_out.h"
#include "tests/sandbox/session_config.h"
#include "tests/sandbox/signature.h"
#include "tests/sandbox/twiml.h"
#include "tests/sandbox/voice_activity.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using sandbox::PlayOut;

namespace {

const PlayOut::Time kStart{};

QByteArray audioOf(int ms, char code = 'a')
{
    return {qsizetype(ms) * 8, code};
}

QJsonObject object(const char *json)
{
    return QJsonDocument::fromJson(json).object();
}

} // namespace

class SandboxParts : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        auto library = sandbox::SpeechLibrary::load();
        QVERIFY2(library, "the build has made no speech");
        m_library = *library;
        auto book = sandbox::DialogueBook::parse(m_library.dialogues());
        QVERIFY(book.has_value());
        m_book = *book;
    }

    void signatureMatchesTheVectors()
    {
        const sandbox::Form form{{u"From"_s, u"+14155550100"_s},
                                 {u"CallSid"_s, u"CA0001"_s},
                                 {u"CallStatus"_s, u"completed"_s}};
        const QByteArray token = "test_auth_token";
        QCOMPARE(sandbox::signature(token, "https://api.example.com/twilio-callback", form),
                 "+biDlqRvbBhCKptgl0k2tpaH5N4=");
        QCOMPARE(sandbox::signature(token, "https://api.example.com:443/twilio-callback", form),
                 "uiRzlIFZkZaAH5/NfbubNislrv0=");
        QCOMPARE(sandbox::signature(token, "wss://api.example.com/media-stream/default"),
                 "ifo6Jzyn1ZeVPOq+RMF72WD+ILI=");
        QCOMPARE(sandbox::signature(
                     token,
                     "https://api.example.com/twilio-transcripts/webhook-callback?bodySHA256="
                     "630a99747ec1efa1bf09b1372220fda628397fa3a6e773f0aaf02980769d3ce9"),
                 "ELrmksXhmKihpInoOwhnIegC6/s=");
    }

    void formKeepsPlusSignsAndRepeatedKeys()
    {
        const auto form = sandbox::Form::decode("To=%2B1415&Words=a+b%26c&Event=x&Event=y");
        QCOMPARE(form.value(u"To"_s), u"+1415"_s);
        QCOMPARE(form.value(u"Words"_s), u"a b&c"_s);
        QCOMPARE(form.values(u"Event"_s), QStringList({u"x"_s, u"y"_s}));
        QCOMPARE(sandbox::Form::decode(form.encode()).fields(), form.fields());
    }

    void playOutPlaysEightBytesAMillisecond()
    {
        PlayOut playOut;
        playOut.append(audioOf(1000), kStart);
        QCOMPARE(playOut.playedBytes(kStart + 250ms), 2000);
        QCOMPARE(playOut.playedBytes(kStart + 250ms + 125us), 2001);
        QCOMPARE(playOut.playedBytes(kStart + 5s), 8000);
    }

    void playOutPausesWhileNothingIsQueued()
    {
        PlayOut playOut;
        playOut.append(audioOf(100), kStart);
        playOut.append(audioOf(100), kStart + 500ms);
        QCOMPARE(playOut.playedBytes(kStart + 400ms), 800);
        QCOMPARE(playOut.playedBytes(kStart + 550ms), 1200);
    }

    void marksComeBackWhenTheirAudioHasPlayed()
    {
        PlayOut playOut;
        playOut.append(audioOf(100), kStart);
        playOut.mark(u"a"_s, kStart);
        playOut.append(audioOf(100), kStart + 10ms);
        playOut.mark(u"b"_s, kStart + 10ms);
        QCOMPARE(playOut.takeDue(kStart + 99ms), QStringList());
        QCOMPARE(*playOut.nextDue(), kStart + 100ms);
        QCOMPARE(playOut.takeDue(kStart + 100ms), QStringList{u"a"_s});
        QCOMPARE(playOut.takeDue(kStart + 300ms), QStringList{u"b"_s});
        playOut.mark(u"c"_s, kStart + 400ms);
        QCOMPARE(playOut.takeDue(kStart + 400ms), QStringList{u"c"_s});
    }

    void clearStopsAtTheByteAndReturnsPendingMarks()
    {
        PlayOut playOut;
        playOut.append(audioOf(100), kStart);
        playOut.mark(u"a"_s, kStart);
        playOut.append(audioOf(400), kStart);
        playOut.mark(u"b"_s, kStart);
        playOut.append(audioOf(400), kStart);
        QCOMPARE(playOut.takeDue(kStart + 100ms), QStringList{u"a"_s});
        QCOMPARE(playOut.clear(kStart + 333ms), QStringList{u"b"_s});
        const auto later = kStart + 10s;
        QCOMPARE(playOut.playedBytes(later), 333 * 8);
        const auto segments = playOut.segments(later);
        QCOMPARE(segments.size(), 3U);
        QCOMPARE(segments[0].played, 800);
        QVERIFY(!segments[0].cleared);
        QCOMPARE(segments[1].played, 233 * 8);
        QVERIFY(segments[1].cleared);
        QCOMPARE(segments[2].played, 0);
        playOut.append(audioOf(50), kStart + 400ms);
        QCOMPARE(playOut.playedBytes(kStart + 420ms), (333 + 20) * 8);
    }

    void heardAudioIsFoundByItsBytes()
    {
        const auto &turns = m_book.byName(u"house-sale"_s)->turns;
        const QByteArray first = m_library.clip(u"henry"_s, turns[0].agent);
        const QByteArray second = m_library.clip(u"henry"_s, turns[2].agent);
        QVERIFY(!first.isEmpty() && !second.isEmpty());
        PlayOut playOut;
        playOut.append(first, kStart);
        playOut.append(second, kStart);
        const auto secondBegins = kStart + std::chrono::microseconds(first.size() * 125);
        playOut.clear(secondBegins + 1500ms);
        QCOMPARE(*playOut.heardMs(first, kStart + 60s), double(first.size()) / 8);
        QCOMPARE(*playOut.heardMs(second, kStart + 60s), 1500.0);
        QVERIFY(!playOut.heardMs(m_library.clip(u"carla"_s, turns[1].caller), kStart + 60s));
    }

    void turnDetectionFindsRealSpeech_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto &dialogue : m_book.all())
            QTest::newRow(qPrintable(dialogue.name)) << dialogue.name;
    }

    void turnDetectionFindsRealSpeech()
    {
        QFETCH(QString, name);
        const sandbox::Dialogue &dialogue = *m_book.byName(name);
        for (const auto &turn : dialogue.turns) {
            if (!turn.isCaller())
                continue;
            const QByteArray clip = m_library.clip(dialogue.callerVoice, turn.caller);
            const QByteArray audio = audioOf(1000, '\xff') + clip + audioOf(1500, '\xff');
            sandbox::VoiceActivity activity;
            activity.configure({0.5, 300, 450});
            QList<sandbox::VoiceActivity::Change> changes;
            for (qsizetype at = 0; at + 80 <= audio.size(); at += 80) {
                if (const auto change = activity.feed(QByteArrayView(audio).sliced(at, 80)))
                    changes.append(*change);
            }
            QVERIFY2(changes.size() == 2, qPrintable(turn.caller));
            QVERIFY(changes[0].started && changes[0].atMs >= 600 && changes[0].atMs <= 1100);
            // The last consonant may be as faint as the line.
            const qint64 end = 1000 + clip.size() / 8 + 450;
            QVERIFY2(!changes[1].started && changes[1].atMs > end - 500
                         && changes[1].atMs < end + 60,
                     qPrintable(u"%1: %2 of %3"_s.arg(turn.caller).arg(changes[1].atMs).arg(end)));
            const auto line = m_library.recognise(audio);
            QVERIFY(line);
            QCOMPARE(line->text, turn.caller);
        }
    }

    void lineNoiseIsNoSpeechAndNamesItsLine()
    {
        sandbox::LineTags tags;
        const QByteArray one = tags.issue({u"CA1"_s, u"billing"_s});
        const QByteArray two = tags.issue({u"CA2"_s, u"car"_s});
        QVERIFY(sandbox::loudness(one) < 0.001);
        QCOMPARE(tags.find(audioOf(40, '\xff') + two)->callSid, u"CA2"_s);
        QCOMPARE(tags.find(one)->dialogue, u"billing"_s);
        QVERIFY(!tags.find(audioOf(200, '\xff')));
    }

    void callerWaitsSpeaksInterruptsAndHangsUp()
    {
        sandbox::Dialogue dialogue = *m_book.byName(u"house-sale"_s);
        sandbox::Caller caller(dialogue, m_library, {200ms, 1000ms});
        const auto framesUntil = [&caller](bool loud, auto done) {
            int frames = 0;
            while (!done(caller.next(loud)) && frames < 2000)
                ++frames;
            return frames;
        };
        const auto speaks = [](const sandbox::Caller::Action &action) {
            return !action.frame.isEmpty();
        };
        const auto isQuiet = [](const sandbox::Caller::Action &action) {
            return action.frame.isEmpty();
        };
        for (int i = 0; i < 50; ++i)
            QVERIFY(isQuiet(caller.next(true)));
        QCOMPARE(framesUntil(false, speaks), 9); // the tenth quiet frame completes 200 ms
        framesUntil(false, isQuiet);
        // The second line interrupts 4.2 s after the agent began.
        QCOMPARE(framesUntil(true, speaks), 209);
        framesUntil(false, isQuiet);
        // Nobody answers: patience runs out.
        QCOMPARE(framesUntil(false, speaks), 48); // one quiet frame has already passed
        framesUntil(false, isQuiet);
        QVERIFY(framesUntil(false, [](const auto &action) { return action.hangUp; }) < 60);
    }

    void agentAnswersTheLineItHeard()
    {
        sandbox::LineTags tags;
        sandbox::AgentScript script(m_book, m_library, tags);
        script.setInstructions(u"You are Maria and solve a billing complaint."_s);
        const auto &turns = m_book.byName(u"billing"_s)->turns;
        QCOMPARE(script.next().text, turns[0].agent);
        QCOMPARE(script.hear(m_library.clip(u"duncan"_s, turns[3].caller)), turns[3].caller);
        QCOMPARE(script.next().text, turns[4].agent);
        QCOMPARE(script.hear(audioOf(1800)), u"(speech, 1.8 s)"_s);
        QCOMPARE(script.next().text, turns[6].agent);
        QCOMPARE(script.next().text, m_book.goodbye());
    }

    void agentCallsAToolOnlyWhenItIsOffered()
    {
        sandbox::LineTags tags;
        for (const bool offered : {true, false}) {
            sandbox::AgentScript script(m_book, m_library, tags);
            script.setInstructions(u"You keep the calendar."_s);
            if (offered)
                script.setTools({QJsonObject{{u"name"_s, u"createCalendarEvent"_s}}});
            const auto &turns = m_book.byName(u"appointment"_s)->turns;
            script.hear(m_library.clip(u"frank"_s, turns[3].caller));
            const auto saying = script.next();
            QCOMPARE(saying.tool, offered ? u"createCalendarEvent"_s : QString());
            if (offered) {
                QVERIFY(QJsonDocument::fromJson(saying.arguments.toUtf8()).isObject());
                QVERIFY(!saying.arguments.contains(u"{tomorrow}"));
                QCOMPARE(script.next().text, turns[4].agent);
            } else {
                QCOMPARE(saying.text, turns[4].agent);
            }
        }
    }

    void agentSpeaksByTheResultOfItsTool()
    {
        sandbox::LineTags tags;
        const auto &turns = m_book.byName(u"appointment-taken"_s)->turns;
        const auto scriptAfterTheFirstCall = [&](const QString &result) {
            sandbox::AgentScript script(m_book, m_library, tags);
            script.setTools({QJsonObject{{u"name"_s, u"createCalendarEvent"_s}}});
            script.hear(m_library.clip(u"emma"_s, turns[1].caller));
            if (script.next().tool.isEmpty())
                qFatal("no tool was called");
            script.hearResult(result);
            return script;
        };
        for (const auto &status : {u"created"_s, u"conflict"_s, u"error"_s}) {
            auto script = scriptAfterTheFirstCall(u"{\"status\":\"%1\"}"_s.arg(status));
            const auto saying = script.next();
            QCOMPARE(saying.text, turns[2].byResult.value(status));
            QVERIFY(!saying.audio.isEmpty());
        }
        QCOMPARE(scriptAfterTheFirstCall(u"nonsense"_s).next().text, turns[2].agent);

        auto script = scriptAfterTheFirstCall(
            uR"({"status":"conflict","suggested_times":[{"start":"S1","end":"E1"},{"start":"S2"}]})"_s);
        script.next();
        script.hear(m_library.clip(u"emma"_s, turns[3].caller));
        const QJsonObject again =
            QJsonDocument::fromJson(script.next().arguments.toUtf8()).object();
        QCOMPARE(again[u"start_iso"_s].toString(), u"S1"_s);
        QCOMPARE(again[u"end_iso"_s].toString(), u"E1"_s);

        auto without = scriptAfterTheFirstCall(uR"({"status":"conflict"})"_s);
        without.next();
        without.hear(m_library.clip(u"emma"_s, turns[3].caller));
        QVERIFY(without.next().tool.isEmpty()); // nothing was suggested that could be booked
    }

    void twiml_data()
    {
        QTest::addColumn<QByteArray>("document");
        QTest::addColumn<int>("verbs"); // -1: cannot be played
        QTest::newRow("stream with parameters, then hang up") << QByteArray(
            "<?xml version=\"1.0\"?><Response><Connect><Stream url=\"wss://h/x\"><Parameter "
            "name=\"a\" value=\"1\"/></Stream></Connect><Hangup/></Response>")
                                                              << 2;
        QTest::newRow("say and pause")
            << QByteArray("<Response><Say>Hi</Say><Pause length=\"2\"/></Response>") << 2;
        QTest::newRow("empty response") << QByteArray("<Response/>") << 0;
        QTest::newRow("fractional pause")
            << QByteArray("<Response><Pause length=\"0.1\"/></Response>") << -1;
        QTest::newRow("unknown verb") << QByteArray("<Response><Gather/></Response>") << -1;
        QTest::newRow("stream without url")
            << QByteArray("<Response><Connect><Stream/></Connect></Response>") << -1;
        QTest::newRow("not XML") << QByteArray(R"({"detail":"no"})") << -1;
        QTest::newRow("cut off") << QByteArray("<Response><Hangup/>") << -1;
        QTest::newRow("another root") << QByteArray("<html/>") << -1;
        QTest::newRow("empty") << QByteArray() << -1;
    }

    void twiml()
    {
        QFETCH(QByteArray, document);
        QFETCH(int, verbs);
        const auto parsed = sandbox::parseTwiml(document);
        QCOMPARE(parsed ? int(parsed->size()) : -1, verbs);
    }

    void sessionUpdate_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("param");
        QTest::newRow("no type") << QByteArray(R"({"instructions":"x"})")
                                 << u"missing_required_parameter"_s << u"session.type"_s;
        QTest::newRow("beta modalities")
            << QByteArray(R"({"type":"realtime","modalities":["text","audio"]})")
            << u"unknown_parameter"_s << u"session.modalities"_s;
        QTest::newRow("temperature") << QByteArray(R"({"type":"realtime","temperature":0.8})")
                                     << u"unknown_parameter"_s << u"session.temperature"_s;
        QTest::newRow("bad voice")
            << QByteArray(R"({"type":"realtime","audio":{"output":{"voice":"mike"}}})")
            << u"invalid_value"_s << u"session.audio.output.voice"_s;
        QTest::newRow("beta format name") << QByteArray(
            R"({"type":"realtime","audio":{"input":{"format":{"type":"g711_ulaw"}}}})")
                                          << u"invalid_value"_s << u"session.audio.input.format"_s;
        QTest::newRow("threshold too high") << QByteArray(
            R"({"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","threshold":2}}}})")
                                            << u"invalid_value"_s
                                            << u"session.audio.input.turn_detection.threshold"_s;
        QTest::newRow("right") << QByteArray(
            R"({"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}}}})")
                               << QString() << QString();
    }

    void sessionUpdate()
    {
        QFETCH(QByteArray, change);
        QFETCH(QString, code);
        QFETCH(QString, param);
        QJsonObject session = sandbox::defaultSession(u"s"_s, u"gpt-realtime"_s, 0);
        const QJsonObject before = session;
        const auto error = sandbox::updateSession(session, object(change.constData()), false);
        QCOMPARE(error ? error->code : QString(), code);
        QCOMPARE(error ? error->param : QString(), param);
        if (error)
            QCOMPARE(session, before);
        else
            QVERIFY(sandbox::isTelephoneAudio(session, u"input"_s) && sandbox::turnsOf(session));
    }

    void voiceIsFixedOnceItHasSpoken()
    {
        QJsonObject session = sandbox::defaultSession(u"s"_s, u"gpt-realtime"_s, 0);
        const auto change = object(R"({"type":"realtime","audio":{"output":{"voice":"coral"}}})");
        QCOMPARE(sandbox::updateSession(session, change, true)->code, u"cannot_update_voice"_s);
        QVERIFY(!sandbox::updateSession(session, change, false));
        QVERIFY(!sandbox::updateSession(session, change, true));
    }

private:
    sandbox::SpeechLibrary m_library;
    sandbox::DialogueBook m_book;
};

QTEST_APPLESS_MAIN(SandboxParts)
#include "tst_sandbox_parts.moc"
