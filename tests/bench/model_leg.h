#pragma once

#include "tests/bench/stamp.h"
#include "tests/bench/tally.h"
#include "tests/bench/web_socket.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace bench {

/// The OpenAI Realtime (GA) end of one call: answers session.update, then speaks without end in
/// stamped frames. Which call it belongs to, it learns from the first frame that arrives.
class ModelLeg final : private WebSocket::Listener
{
public:
    /// How the model speaks.
    struct Manner
    {
        int framesPerDelta = 1;
        /// How often it reports that the caller speaks over it; none: never. It is then half a
        /// second ahead of the playback, as the real one is, so that there is something to cut.
        std::optional<std::chrono::milliseconds> bargeInEvery;
    };

    ModelLeg(Poller &poller, Tally &tally, const Manner &manner, int descriptor);

    /// Once every 20 ms, with the model's own phase.
    void tick(TimePoint now);
    std::uint64_t strayBytes() const { return m_finder.strayBytes(); }

private:
    void onOpen() override;
    void onText(std::string_view text, TimePoint arrivedAt) override;
    void onClosed(const std::string &why) override;
    void onAudio(std::string_view base64, TimePoint arrivedAt);
    void onTruncate(std::string_view text);

    void beginResponse(TimePoint now);
    void sendDelta();
    void bargeIn(TimePoint now);
    /// `rest` is what stands in the event besides type and event_id.
    void sendEvent(std::string_view type, std::string_view rest);
    std::string idOf(const char *kind) const;

    Tally &m_tally;
    const Manner &m_manner;
    FrameFinder m_finder;
    std::optional<std::uint32_t> m_call;
    bool m_isConfigured = false;
    bool m_isSpeaking = false;
    bool m_callerSpeaks = false;
    TimePoint m_silentUntil;
    TimePoint m_nextBargeIn;
    int m_response = 0;
    std::uint64_t m_producedMs = 0; ///< of the present response
    std::uint64_t m_ticks = 0;
    std::uint64_t m_events = 0;
    std::string m_out;
    std::unique_ptr<WebSocket> m_socket;
};

} // namespace bench
