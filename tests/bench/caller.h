#pragma once

#include "tests/bench/stamp.h"
#include "tests/bench/tally.h"
#include "tests/bench/web_socket.h"

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// Twilio's end of one call: a media stream as Twilio Media Streams describes it. A frame every
/// tick, audio queued and played in real time, marks returned once what stood before them has been
/// played, or cleared.
class Caller final : private WebSocket::Listener
{
public:
    using Parameters = std::vector<std::pair<std::string, std::string>>;
    Caller(Poller &poller, Tally &tally, std::uint32_t number, const Parameters &parameters);

    void dial(const sockaddr_in &to, const std::string &path);
    /// Once every 20 ms.
    void tick(TimePoint now);
    void hangUp();
    bool isGone() const { return m_isGone; }
    std::uint64_t strayBytes() const { return m_finder.strayBytes(); }

private:
    void onOpen() override;
    void onText(std::string_view text, TimePoint arrivedAt) override;
    void onClosed(const std::string &why) override;
    void onAudio(std::string_view payload, TimePoint arrivedAt);
    void onClear(TimePoint arrivedAt);
    void returnMarks(TimePoint playedUntil);
    void sendEvent(std::string_view event, std::string_view rest);

    Poller &m_poller;
    Tally &m_tally;
    const std::uint32_t m_number;
    const Parameters &m_parameters;
    const std::string m_streamSid;
    std::unique_ptr<WebSocket> m_socket;
    FrameFinder m_finder;
    std::deque<std::pair<TimePoint, std::string>>
        m_marks; ///< when they are due, and their names as JSON
    TimePoint m_playedUntil;
    std::uint64_t m_sequenceNumber = 0;
    std::string m_out;
    bool m_isGone = false;
};

} // namespace bench
