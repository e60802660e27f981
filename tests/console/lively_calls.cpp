#include "tests/console/lively_calls.h"

#include "shared/audio/mulaw.h"

#include <QDateTime>

#include <array>
#include <cmath>

namespace tests {

using protocol::CallState;
using protocol::Speaker;
using protocol::TranscriptLine;

namespace {

struct Cast
{
    const char *phone;
    const char *account;
    const char *scenario;
    const char *title;
    CallState state;
    const char *words;
    const char *speaker;
    int latency;
    int secondsAgo;
    int limit;
};

constexpr std::array kCast{
    Cast{"+1*******0123", "mara@lakeside.example", "booking", "Appointment desk",
         CallState::Talking, "Wednesday at half past ten would be free. Shall I book it for you?",
         "agent", 612, 94, 600},
    Cast{"+4*********771", "office@brandt-optik.example", "recall", "Check-up reminder",
         CallState::Talking, "no, the afternoon is better for me, after three", "caller", 745, 41,
         300},
    Cast{"+1*******4410", "", "yacht_party", "Yacht party", CallState::Talking,
         "Darling, the yacht leaves at nine and the champagne is already cold!", "agent", 1730, 57,
         60},
    Cast{"+4*********208", "mara@lakeside.example", "booking", "Appointment desk",
         CallState::Ringing, "", "", -1, 6, 600},
    Cast{"+1*******9035", "team@northwind.example", "survey", "Customer survey", CallState::Talking,
         "on a scale from zero to ten I would say eight", "caller", 588, 203, 900},
    Cast{"+3*********664", "team@northwind.example", "survey", "Customer survey",
         CallState::Connecting, "", "", -1, 9, 900},
    Cast{"+1*******7782", "info@villa-aurora.example", "concierge", "Hotel concierge",
         CallState::Talking, "Of course. A taxi to the airport for two people, at six.", "agent",
         671, 148, 600},
    Cast{"+4*********153", "office@brandt-optik.example", "recall", "Check-up reminder",
         CallState::Ending, "Thank you very much, good-bye!", "agent", 540, 175, 300},
    Cast{"+1*******3306", "info@villa-aurora.example", "concierge", "Hotel concierge",
         CallState::Dialing, "", "", -1, 2, 600},
    Cast{"+1*******5519", "mara@lakeside.example", "booking", "Appointment desk",
         CallState::Talking, "hold on, let me get my calendar", "caller", 803, 22, 600},
};

TranscriptLine line(const char *id, Speaker speaker, const char *text, qint64 startMs,
                    int heardChars = -1)
{
    TranscriptLine said;
    said.itemId = QString::fromLatin1(id);
    said.speaker = speaker;
    said.text = QString::fromUtf8(text);
    said.startMs = startMs;
    said.heardChars = heardChars;
    said.isFinal = true;
    said.wasInterrupted = heardChars >= 0;
    return said;
}

} // namespace

LivelyCalls::LivelyCalls(FakeServer &server, QObject *parent) : QObject(parent), m_server(server)
{
    connect(&m_beat, &QTimer::timeout, this, &LivelyCalls::beat);
    connect(&m_sound, &QTimer::timeout, this, &LivelyCalls::sendTones);
    m_sound.setTimerType(Qt::PreciseTimer);
    connect(&server, &FakeServer::hangUpAsked, this, [this](qint64 id) {
        m_server.calls[id].state = CallState::Ending;
        m_server.sendDelta({id});
    });
}

void LivelyCalls::start(int count)
{
    for (int number = 0; number < count; ++number)
        addCall(number);
    m_beat.start(std::chrono::milliseconds(100));
    m_sound.start(std::chrono::milliseconds(20));
}

void LivelyCalls::addCall(int number)
{
    const Cast &cast = kCast[size_t(number) % kCast.size()];
    const QDateTime now = QDateTime::currentDateTimeUtc();
    protocol::LiveCall call;
    call.id = 4101 + number;
    call.callSid = QStringLiteral("CA%1").arg(call.id);
    call.direction = number % 4 == 1 ? QStringLiteral("inbound") : QStringLiteral("outbound");
    call.phoneNumber = QString::fromLatin1(cast.phone);
    call.account = QString::fromLatin1(cast.account);
    call.scenario = QString::fromLatin1(cast.scenario);
    call.scenarioTitle = QString::fromLatin1(cast.title);
    call.state = cast.state;
    call.startedAt = now.addSecs(-cast.secondsAgo - 8);
    if (cast.state == CallState::Talking || cast.state == CallState::Ending)
        call.answeredAt = now.addSecs(-cast.secondsAgo);
    call.durationLimitSeconds = cast.limit;
    call.lastWords = QString::fromUtf8(cast.words);
    call.lastSpeaker = QString::fromLatin1(cast.speaker);
    call.latencyMs = cast.latency;
    call.turns = cast.latency > 0 ? 6 : 0;
    call.interruptions = cast.latency > 0 ? 1 : 0;
    m_server.calls[call.id] = call;
    m_server.details[call.id] = cast.latency > 0 ? story(call.id) : protocol::CallDetail{};
}

protocol::CallDetail LivelyCalls::story(qint64 id) const
{
    protocol::CallDetail detail;
    detail.callId = id;
    detail.transcript = {
        line("g", Speaker::Agent,
             "Good morning, this is the assistant of the Lakeside practice. How may I help you?",
             600),
        line("c1", Speaker::Caller, "Hi, I would like to move my appointment.", 5600),
        line("a1", Speaker::Agent,
             "Gladly. I see you on Tuesday at nine. I can offer Wednesday at eight, Wednesday at "
             "half "
             "past ten, Thursday at noon, or the following Monday in the morning.",
             9300, 66),
        line("c2", Speaker::Caller, "Wednesday is fine, but not so early.", 14800),
        line("a2", Speaker::Agent,
             "Wednesday at half past ten would be free. Shall I book it for you?", 18100)};
    detail.transcript.last().heardChars = 20;
    detail.transcript.last().isFinal = false;
    detail.transcript.last().wasInterrupted = false;
    detail.turns = {{1, -1, 520, 548},        {2, 8600, 9190, 9224},    {3, 17400, 17960, 18012},
                    {4, 24100, 25480, 25530}, {5, 33000, 33610, 33640}, {6, 41000, 41570, 41612}};
    detail.timeline = {
        {0, QStringLiteral("media stream began"), {}},
        {30, QStringLiteral("model connected"), QStringLiteral("while the phone rang")},
        {548, QStringLiteral("greeting"), QStringLiteral("first frame sent after 548 ms")},
        {14800, QStringLiteral("barge-in"), QStringLiteral("cut after 3,120 ms of 9,840 ms")},
        {25480, QStringLiteral("slow answer"), QStringLiteral("1,430 ms")}};
    return detail;
}

void LivelyCalls::beat()
{
    ++m_beats;
    QJsonArray levels;
    for (const auto &[id, call] : m_server.calls) {
        if (call.state != CallState::Talking)
            continue;
        const double wave =
            std::sin(m_beats * 0.31 + double(id)) * std::sin(m_beats * 0.077 + double(id) * 2);
        const bool isAgent = call.lastSpeaker == QLatin1String("agent");
        const double speech = 0.05 + 0.22 * std::abs(wave);
        const double noise = 0.003 + 0.002 * std::abs(wave);
        levels.append(QJsonArray{id, isAgent ? noise : speech, isAgent ? speech : 0.0});
    }
    m_server.sendDelta({}, {}, levels);
    growLine();
}

void LivelyCalls::growLine()
{
    // The last sentence of the watched call is being heard, a few characters at a time.
    const auto detail = m_server.details.find(m_server.watched);
    if (detail == m_server.details.end() || detail->second.transcript.isEmpty())
        return;
    TranscriptLine &last = detail->second.transcript.last();
    if (last.isFinal || last.heardChars >= last.text.size() - 12)
        return;
    ++last.heardChars;
    m_server.sendLine(m_server.watched, last);
}

void LivelyCalls::sendTones()
{
    if (m_server.listened == 0)
        return;
    protocol::ListenFrame frame;
    frame.callId = m_server.listened;
    frame.sequence = m_sequence++;
    for (size_t i = 0; i < frame.caller.size(); ++i) {
        m_phase += 2 * M_PI * 440 / audio::kSampleRate;
        frame.caller[i] = audio::encodeMulaw(std::int16_t(9000 * std::sin(m_phase)));
        frame.agent[i] = audio::encodeMulaw(std::int16_t(9000 * std::sin(2 * m_phase)));
    }
    m_server.sendAudio(frame);
}

} // namespace tests
