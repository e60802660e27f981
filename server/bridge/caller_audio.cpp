#include "server/bridge/caller_audio.h"

#include "shared/audio/mulaw.h"

#include <algorithm>

namespace server::bridge {

namespace {

constexpr std::int64_t kLongestGapMs = 10'000;
constexpr std::int64_t kLargestTimestamp = 24LL * 3'600'000;
constexpr std::int64_t kMostKept = 8'000LL * audio::kBytesPerMs;

} // namespace

std::int64_t CallerAudio::gapBefore(std::int64_t timestampMs, std::int64_t bytes,
                                    base::SteadyTime now)
{
    if (m_firstAt == base::SteadyTime{})
        m_firstAt = now;
    const std::int64_t lengthMs = bytes / audio::kBytesPerMs;
    std::int64_t gapMs = 0;
    if (timestampMs >= 0 && timestampMs <= kLargestTimestamp) {
        if (m_nextMs >= 0)
            gapMs = std::clamp<std::int64_t>(timestampMs - m_nextMs, 0, kLongestGapMs);
        m_nextMs = timestampMs + lengthMs;
    } else if (m_nextMs >= 0) {
        m_nextMs += lengthMs;
    }
    // Less than a frame is the phone's rounding, not a loss.
    gapMs -= gapMs % audio::kFrameMs;
    const auto passed = std::chrono::duration_cast<base::Millis>(now - m_firstAt).count();
    gapMs = std::clamp<std::int64_t>(gapMs, 0,
                                     std::max<std::int64_t>(passed + kLongestGapMs - m_fedMs, 0));
    gapMs -= gapMs % audio::kFrameMs;
    m_fedMs += gapMs + lengthMs;
    return gapMs * audio::kBytesPerMs;
}

void CallerAudio::keep(std::string_view base64, std::int64_t bytes)
{
    m_kept.push_back({std::string(base64), bytes});
    m_keptBytes += bytes;
    while (m_keptBytes > kMostKept && m_kept.size() > 1) {
        m_keptBytes -= m_kept.front().bytes;
        m_dropped += m_kept.front().bytes;
        m_kept.pop_front();
    }
}

std::string CallerAudio::takeKept()
{
    if (m_kept.empty())
        return {};
    std::string base64 = std::move(m_kept.front().base64);
    m_keptBytes -= m_kept.front().bytes;
    m_kept.pop_front();
    return base64;
}

std::string silenceBase64(std::int64_t bytes)
{
    // 0xff, µ-law's zero, three times over is four '/'.
    static_assert(audio::kSilence == 0xff);
    std::string text(size_t(bytes / 3 * 4), '/');
    if (bytes % 3 == 1)
        text.append("/w==");
    else if (bytes % 3 == 2)
        text.append("//8=");
    return text;
}

} // namespace server::bridge
