#include "tests/bench/model_leg.h"

#include "tests/bench/json_text.h"

#include <charconv>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr int kFramesAhead = 25; // half a second
constexpr auto kCallerSpeaksFor = 200ms;
constexpr auto kThinksFor = 100ms;

} // namespace

ModelLeg::ModelLeg(Poller &poller, Tally &tally, const Manner &manner, int descriptor)
    : m_tally(tally), m_manner(manner), m_socket(WebSocket::serve(poller, *this, descriptor))
{
}

void ModelLeg::onOpen()
{
    sendEvent(
        "session.created",
        R"("session":{"type":"realtime","object":"realtime.session","id":"sess_bench","model":"gpt-realtime",)"
        R"("output_modalities":["audio"]})");
}

void ModelLeg::onText(std::string_view text, TimePoint arrivedAt)
{
    std::string scratch;
    const std::string_view type = textMember(text, "type", scratch);
    if (type == "input_audio_buffer.append") {
        std::string audioScratch;
        onAudio(textMember(text, "audio", audioScratch), arrivedAt);
    } else if (type == "session.update") {
        m_isConfigured = true;
        sendEvent("session.updated", R"("session":)" + std::string(rawMember(text, "session")));
    } else if (type == "conversation.item.truncate") {
        onTruncate(text);
    }
}

void ModelLeg::onAudio(std::string_view base64, TimePoint arrivedAt)
{
    const bool isBase64 = m_finder.feed(base64, [&](const Stamp &stamp, bool isWhole) {
        if (!m_call && isWhole && stamp.call < m_tally.calls.size()) {
            m_call = stamp.call;
            m_tally.calls[stamp.call].leg = this;
        }
        m_tally.onFrame(Way::Up, m_call.value_or(0), stamp, isWhole, arrivedAt, true);
    });
    m_tally.notBase64 += !isBase64;
}

void ModelLeg::onTruncate(std::string_view text)
{
    ++m_tally.truncates;
    std::uint64_t heardMs = 0;
    const std::string_view number = rawMember(text, "audio_end_ms");
    std::from_chars(number.data(), number.data() + number.size(), heardMs);
    const std::string item(rawMember(text, "item_id"));
    if (item == '"' + idOf("item") + '"' && heardMs > m_producedMs) {
        ++m_tally.badTruncates;
        sendEvent(
            "error",
            R"("error":{"type":"invalid_request_error","code":"invalid_value","message":"Audio is )"
            R"(shorter than that.","param":"audio_end_ms"})");
        return;
    }
    sendEvent("conversation.item.truncated", R"("item_id":)" + item
                                                 + R"(,"content_index":0,"audio_end_ms":)"
                                                 + std::to_string(heardMs));
}

void ModelLeg::tick(TimePoint now)
{
    if (!m_call || !m_isConfigured || !m_socket->isOpen() || now < m_silentUntil)
        return;
    if (m_callerSpeaks) {
        m_callerSpeaks = false;
        m_silentUntil = now + kThinksFor;
        sendEvent("input_audio_buffer.speech_stopped",
                  R"("audio_end_ms":0,"item_id":")" + idOf("said") + '"');
        sendEvent("input_audio_buffer.committed",
                  R"("previous_item_id":null,"item_id":")" + idOf("said") + '"');
        return;
    }
    if (!m_isSpeaking)
        beginResponse(now);
    if (m_manner.bargeInEvery && now >= m_nextBargeIn)
        return bargeIn(now);
    if (m_ticks++ % std::uint64_t(m_manner.framesPerDelta) == 0)
        sendDelta();
}

void ModelLeg::beginResponse(TimePoint now)
{
    m_isSpeaking = true;
    ++m_response;
    m_producedMs = 0;
    const std::string response = R"("response_id":")" + idOf("resp") + '"';
    const std::string item =
        R"("item":{"object":"realtime.item","id":")" + idOf("item")
        + R"(","type":"message","status":"in_progress","role":"assistant","content":[]})";
    sendEvent("response.created", R"("response":{"object":"realtime.response","id":")"
                                      + idOf("resp") + R"(","status":"in_progress","output":[]})");
    sendEvent("response.output_item.added", response + R"(,"output_index":0,)" + item);
    sendEvent("conversation.item.added", R"("previous_item_id":null,)" + item);
    sendEvent("response.content_part.added", response + R"(,"item_id":")" + idOf("item")
                                                 + R"(","output_index":0,"content_index":0,)"
                                                   R"("part":{"type":"audio","transcript":""})");
    if (!m_manner.bargeInEvery)
        return;
    // Calls must not all be interrupted at once: each takes its own share of the period.
    m_nextBargeIn = now + *m_manner.bargeInEvery + 20ms * int(*m_call % 10);
    for (int i = 0; i < kFramesAhead; i += m_manner.framesPerDelta)
        sendDelta();
}

void ModelLeg::sendDelta()
{
    Flow &flow = m_tally.calls[*m_call].down;
    std::string delta = R"("response_id":")" + idOf("resp") + R"(","item_id":")" + idOf("item")
                        + R"(","output_index":0,"content_index":0,"delta":")";
    std::vector<std::uint8_t> audio;
    const TimePoint now = Clock::now();
    for (int i = 0; i < m_manner.framesPerDelta; ++i) {
        const Frame frame = stampedFrame({Way::Down, *m_call, flow.sent()});
        audio.insert(audio.end(), frame.begin(), frame.end());
        flow.send(now);
    }
    appendBase64(delta, audio);
    m_producedMs += std::uint64_t(m_manner.framesPerDelta) * 20;
    sendEvent("response.output_audio.delta", delta + '"');
}

void ModelLeg::bargeIn(TimePoint now)
{
    Call &call = m_tally.calls[*m_call];
    m_isSpeaking = false;
    m_callerSpeaks = true;
    m_silentUntil = now + kCallerSpeaksFor;
    ++m_tally.bargeIns;
    call.waitsForClear = true;
    call.bargeInAt = Clock::now();
    sendEvent("input_audio_buffer.speech_started",
              R"("audio_start_ms":0,"item_id":")" + idOf("said") + '"');
    sendEvent("response.done",
              R"("response":{"object":"realtime.response","id":")" + idOf("resp")
                  + R"(","status":"cancelled","status_details":{"type":"cancelled",)"
                    R"("reason":"turn_detected"},"output":[]})");
}

void ModelLeg::sendEvent(std::string_view type, std::string_view rest)
{
    m_out.assign(R"({"type":")").append(type);
    m_out.append(R"(","event_id":"event_)").append(std::to_string(++m_events)).append("\",");
    m_out.append(rest).append("}");
    m_socket->sendText(m_out);
}

std::string ModelLeg::idOf(const char *kind) const
{
    return std::string(kind) + '_' + std::to_string(m_call.value_or(0)) + '_'
           + std::to_string(m_response);
}

void ModelLeg::onClosed(const std::string &why)
{
    if (!m_tally.isEnding)
        m_tally.trouble(m_tally.legsDropped, "model leg: " + why);
}

} // namespace bench
