#include "server/bridge/playback.h"

#include "shared/audio/mulaw.h"

#include <algorithm>

namespace server::bridge {

namespace {

constexpr std::int64_t kMarkEvery = 100LL * audio::kBytesPerMs;

/// How far the phone may be behind our clock: network both ways and its jitter buffer.
constexpr base::Millis kLateness{500};

std::int64_t bytesIn(base::SteadyTime::duration time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count() * audio::kBytesPerMs
           / 1000;
}

std::chrono::microseconds timeOf(std::int64_t bytes)
{
    return std::chrono::microseconds(bytes * 1000 / audio::kBytesPerMs);
}

} // namespace

Playback::Item *Playback::find(std::string_view id, int contentIndex)
{
    // Newest first: that is the one audio is coming for.
    const auto found = std::find_if(m_items.rbegin(), m_items.rend(), [&](const Item &item) {
        return item.contentIndex == contentIndex && item.id == id;
    });
    return found == m_items.rend() ? nullptr : &*found;
}

Playback::Item &Playback::item(std::string_view id, std::string_view responseId, int contentIndex,
                               int session)
{
    Item *known = find(id, contentIndex);
    if (known && known->session == session)
        return *known;
    Item fresh;
    fresh.id = id;
    fresh.responseId = responseId;
    fresh.contentIndex = contentIndex;
    fresh.session = session;
    return m_items.emplace_back(std::move(fresh));
}

void Playback::sent(Item &item, int speechBytes, int paddingBytes, Time now)
{
    // Whatever lay idle until now starts the clock anew.
    m_knownPosition = position(now);
    m_knownAt = now;
    const bool continues = !item.segments.empty()
                           && item.segments.back().start + item.segments.back().speech == m_sent;
    if (!continues)
        item.segments.push_back({m_sent, 0});
    item.segments.back().speech += speechBytes;
    item.sent += speechBytes;
    m_sent += speechBytes + paddingBytes;
    settle(now);
}

bool Playback::wantsMark(int bytes) const
{
    const std::int64_t unmarked = m_sent - m_lastMarkAt;
    return bytes > 0 ? unmarked > 0 && unmarked + bytes > kMarkEvery : unmarked >= kMarkEvery;
}

std::uint64_t Playback::addMark()
{
    if (m_firstMark > 0 && m_firstMark * 2 >= m_marks.size()) {
        m_marks.erase(m_marks.begin(), m_marks.begin() + std::ptrdiff_t(m_firstMark));
        m_firstMark = 0;
    }
    m_marks.push_back({++m_lastNumber, m_sent});
    m_lastMarkAt = m_sent;
    return m_lastNumber;
}

void Playback::markReturned(std::uint64_t number, Time now)
{
    // In order, as the phone plays; one that overtakes others speaks for them too.
    const auto from = m_marks.begin() + std::ptrdiff_t(m_firstMark);
    const auto found =
        std::find_if(from, m_marks.end(), [&](const Mark &mark) { return mark.number == number; });
    if (found == m_marks.end())
        return;
    settle(now);
    m_knownPosition = found->position;
    m_confirmed = found->position;
    m_knownAt = now;
    m_firstMark = size_t(found - m_marks.begin()) + 1;
    settle(now);
}

std::int64_t Playback::position(Time now) const
{
    std::int64_t position = m_knownPosition + std::max<std::int64_t>(bytesIn(now - m_knownAt), 0);
    if (hasMarks())
        position = std::min(position, m_marks[m_firstMark].position);
    return std::min(position, m_sent);
}

std::int64_t Playback::heardOf(const Item &item, std::int64_t position) const
{
    std::int64_t heard = 0;
    for (const Segment &segment : item.segments)
        heard += std::clamp<std::int64_t>(position - segment.start, 0, segment.speech);
    return heard;
}

void Playback::settle(Time now)
{
    const std::int64_t here = position(now);
    for (Item &item : m_items) {
        if (item.hasBegun || item.segments.empty())
            continue;
        const std::int64_t start = item.segments.front().start;
        // At its very start an item is silent as long as the mark before it has not come back.
        const bool isHeldBack = hasMarks() && m_marks[m_firstMark].position <= start;
        if (here < start || (here == start && isHeldBack))
            continue;
        item.hasBegun = true;
        if (item.responseId != m_turn || m_turnSince == Time{}) {
            m_turn = item.responseId;
            m_turnSince = now - timeOf(here - start);
        }
    }
}

bool Playback::hasUnheard(Time now)
{
    const std::int64_t here = position(now);
    return std::any_of(m_items.begin(), m_items.end(),
                       [&](const Item &item) { return heardOf(item, here) < item.produced; });
}

bool Playback::mayBeAudible(Time now)
{
    if (hasUnheard(now))
        return true;
    return m_sent > m_confirmed && now < m_knownAt + timeOf(m_sent - m_knownPosition) + kLateness;
}

base::Millis Playback::audibleFor(Time now)
{
    settle(now);
    const std::int64_t here = position(now);
    for (const Item &item : m_items) {
        if (heardOf(item, here) == item.produced)
            continue;
        const bool isAudible = item.hasBegun && item.responseId == m_turn;
        return isAudible ? std::chrono::duration_cast<base::Millis>(now - m_turnSince)
                         : base::Millis(0);
    }
    return m_turnSince == Time{} ? base::Millis(0)
                                 : std::chrono::duration_cast<base::Millis>(now - m_turnSince);
}

Playback::Time Playback::queueEnd(Time now) const
{
    return now + timeOf(m_sent - position(now));
}

std::vector<Playback::Heard> Playback::takeHeard(Time now)
{
    std::vector<Heard> result;
    if (m_items.empty())
        return result;
    settle(now);
    const std::int64_t here = position(now);
    std::erase_if(m_items, [&](Item &item) {
        if (!item.isFinished || heardOf(item, here) < item.produced)
            return false;
        const std::int64_t bytes = item.produced;
        result.push_back({std::move(item), bytes});
        return true;
    });
    return result;
}

std::vector<Playback::Heard> Playback::clear(Time now)
{
    settle(now);
    const std::int64_t here = position(now);
    std::vector<Heard> result;
    for (Item &item : m_items) {
        const std::int64_t heard = std::min(heardOf(item, here), item.produced);
        result.push_back({std::move(item), heard});
    }
    m_items.clear();
    m_marks.clear();
    m_firstMark = 0;
    m_sent = here;
    m_lastMarkAt = here;
    m_confirmed = here;
    m_knownPosition = here;
    m_knownAt = now;
    return result;
}

} // namespace server::bridge
