#include "tests/bench/caller.h"

#include "tests/bench/json_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace bench {

namespace {

/// Twilio's identifiers: two letters and 32 hexadecimal digits.
std::string sid(const char *kind, std::uint32_t number)
{
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%s%032x", kind, number + 1);
    return text.data();
}

constexpr TimePoint kForever = TimePoint::max();

} // namespace

Caller::Caller(Poller &poller, Tally &tally, std::uint32_t number, const Parameters &parameters)
    : m_poller(poller),
      m_tally(tally),
      m_number(number),
      m_parameters(parameters),
      m_streamSid(sid("MZ", number))
{
}

void Caller::dial(const sockaddr_in &to, const std::string &path)
{
    m_socket = WebSocket::connect(m_poller, *this, to, path);
}

void Caller::onOpen()
{
    m_socket->sendText(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
    std::string parameters;
    for (const auto &[name, value] : m_parameters)
        parameters.append(parameters.empty() ? "\"" : ",\"")
            .append(name)
            .append("\":\"")
            .append(value) += '"';
    const std::string account = sid("AC", 0);
    sendEvent(
        "start",
        R"("start":{"accountSid":")" + account + R"(","streamSid":")" + m_streamSid
            + R"(","callSid":")" + sid("CA", m_number)
            + R"(","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,)"
              R"("channels":1},"customParameters":{)"
            + parameters + "}}");
    m_tally.calls[m_number].startedAt = Clock::now();
}

void Caller::sendEvent(std::string_view event, std::string_view rest)
{
    m_out.assign(R"({"event":")").append(event);
    m_out.append(R"(","sequenceNumber":")").append(std::to_string(++m_sequenceNumber));
    m_out.append(R"(","streamSid":")").append(m_streamSid).append("\",");
    m_out.append(rest).append("}");
    m_socket->sendText(m_out);
}

void Caller::tick(TimePoint now)
{
    if (!m_socket || !m_socket->isOpen())
        return;
    returnMarks(now);
    Flow &flow = m_tally.calls[m_number].up;
    const std::uint32_t sequence = flow.sent();
    std::string media = R"("media":{"track":"inbound","chunk":")" + std::to_string(sequence + 1)
                        + R"(","timestamp":")" + std::to_string(sequence * 20) + R"(","payload":")";
    appendBase64(media, stampedFrame({Way::Up, m_number, sequence}));
    media += "\"}";
    flow.send(Clock::now());
    sendEvent("media", media);
}

void Caller::hangUp()
{
    if (!m_socket || !m_socket->isOpen())
        return;
    sendEvent("stop", R"("stop":{"accountSid":")" + sid("AC", 0) + R"(","callSid":")"
                          + sid("CA", m_number) + "\"}");
    m_socket->close();
}

void Caller::onText(std::string_view text, TimePoint arrivedAt)
{
    std::string scratch;
    const std::string_view event = textMember(text, "event", scratch);
    if (event == "media") {
        std::string payloadScratch;
        onAudio(textMember(rawMember(text, "media"), "payload", payloadScratch), arrivedAt);
    } else if (event == "mark") {
        ++m_tally.marks;
        m_marks.emplace_back(std::max(m_playedUntil, arrivedAt),
                             rawMember(rawMember(text, "mark"), "name"));
    } else if (event == "clear") {
        onClear(arrivedAt);
    }
}

void Caller::onAudio(std::string_view payload, TimePoint arrivedAt)
{
    bool isFirst = true;
    const bool isBase64 = m_finder.feed(payload, [&](const Stamp &stamp, bool isWhole) {
        m_tally.onFrame(Way::Down, m_number, stamp, isWhole, arrivedAt, isFirst);
        isFirst = false;
    });
    m_tally.notBase64 += !isBase64;
    // Mu-law at 8 kHz: eight bytes last a millisecond.
    const auto bytes = std::chrono::microseconds(payload.size() * 3 / 4 * 125);
    m_playedUntil = std::max(m_playedUntil, arrivedAt) + bytes;
}

void Caller::onClear(TimePoint arrivedAt)
{
    ++m_tally.clears;
    m_playedUntil = arrivedAt;
    returnMarks(kForever);
    Call &call = m_tally.calls[m_number];
    m_tally.flushed += call.down.forgiveMissing();
    if (!call.waitsForClear)
        return;
    call.waitsForClear = false;
    if (m_tally.isWindowOpen)
        m_tally.clear.add(arrivedAt - call.bargeInAt);
}

void Caller::returnMarks(TimePoint playedUntil)
{
    while (!m_marks.empty() && m_marks.front().first <= playedUntil) {
        sendEvent("mark", R"("mark":{"name":)" + m_marks.front().second + "}");
        m_marks.pop_front();
    }
}

void Caller::onClosed(const std::string &why)
{
    m_isGone = true;
    if (!m_tally.isEnding)
        m_tally.trouble(m_tally.callsDropped, "caller " + std::to_string(m_number) + ": " + why);
}

} // namespace bench
