// Both legs of a call as sound: what the caller said beside what the caller heard at that time.
#pragma once

#include "shared/audio/mulaw.h"

#include <span>
#include <string_view>
#include <vector>

namespace server::bridge {

/// Pairs the legs frame by frame. The phone's own frames are the clock: each 20 ms that come from
/// it play 20 ms of what it was sent, or silence. Used after a frame has been passed on, never
/// before.
class SoundTrack
{
public:
    using Leg = std::span<const std::uint8_t, audio::kFrameBytes>;

    class Sink
    {
    public:
        virtual ~Sink() = default;
        virtual void onSound(Leg caller, Leg agent) = 0;
    };

    explicit SoundTrack(Sink &sink) : m_sink(sink) {}

    void addCaller(std::string_view base64);
    /// The phone lost so much.
    void addCallerSilence(std::int64_t bytes);
    void addAgent(std::string_view base64);
    /// The phone forgets what it has not played.
    void clearAgent();

private:
    void playFrames();

    Sink &m_sink;
    std::vector<std::uint8_t> m_decoded;
    std::vector<std::uint8_t> m_caller; ///< less than a frame, once playFrames() has run
    std::vector<std::uint8_t> m_agent;
    size_t m_agentAt = 0;
};

} // namespace server::bridge
