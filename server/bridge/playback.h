// What the phone was given to play, and how much of it the caller has heard.
#pragma once

#include "shared/base/clock.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace server::bridge {

/// Why it exists: the model speaks faster than it is heard, so only the phone's marks tell what the
/// caller knows.
///
/// The phone plays what it gets in order, 8 bytes a millisecond, and returns a mark once everything
/// before it has been played. Between two marks the clock fills in, never past the next mark that
/// has not come back and never past what was sent. Positions count bytes since the stream began.
/// Pure: time only enters as an argument.
class Playback
{
public:
    using Time = base::SteadyTime;

    /// A stretch of sent audio.
    struct Segment
    {
        std::int64_t start = 0;
        std::int64_t speech = 0;
    };
    /// One content part of one response item.
    struct Item
    {
        std::string id;
        std::string responseId;
        int contentIndex = 0;
        int session = 0;           ///< which connection to the model it came from
        std::int64_t produced = 0; ///< bytes the model has made
        std::int64_t sent = 0;     ///< of these, bytes on their way to the phone
        bool isFinished = false;   ///< no more will come
        bool hasBegun = false;     ///< the caller has begun to hear it
        std::vector<Segment> segments;
    };
    struct Heard
    {
        Item item;
        std::int64_t bytes = 0; ///< of item.produced
    };

    /// The item, made when it is new. Valid until the next call that makes or removes one.
    Item &item(std::string_view id, std::string_view responseId, int contentIndex, int session);
    Item *find(std::string_view id, int contentIndex);
    std::vector<Item> &items() { return m_items; }

    void sent(Item &item, int speechBytes, int paddingBytes, Time now);

    /// True when a mark must come before another `bytes` bytes, or now for 0, so that no 100 ms
    /// lack one.
    bool wantsMark(int bytes) const;
    bool hasUnmarked() const { return m_sent > m_lastMarkAt; }
    /// Notes a mark behind all that was sent and tells its number (from 1 on, never twice).
    std::uint64_t addMark();
    /// Marks unknown, returned before, or cleared are ignored.
    void markReturned(std::uint64_t number, Time now);

    /// Is there speech that the caller has yet to hear?
    bool hasUnheard(Time now);
    /// As hasUnheard(), and also true shortly after the clock says the end, while the phone has not
    /// said so: it may be late.
    bool mayBeAudible(Time now);
    /// How long the caller has been hearing the response that is audible now; 0 before it begins.
    base::Millis audibleFor(Time now);
    /// When audio sent now would begin to be heard.
    Time queueEnd(Time now) const;
    /// Bytes sent and not yet heard.
    std::int64_t queued(Time now) const { return m_sent - position(now); }

    /// Removes the finished items that have been heard to their end.
    std::vector<Heard> takeHeard(Time now);
    /// The phone's queue is emptied now: forgets every item and mark, and tells what was heard of
    /// each.
    std::vector<Heard> clear(Time now);

private:
    struct Mark
    {
        std::uint64_t number = 0;
        std::int64_t position = 0;
    };

    std::int64_t position(Time now) const;
    std::int64_t heardOf(const Item &item, std::int64_t position) const;
    void settle(Time now);
    bool hasMarks() const { return m_firstMark < m_marks.size(); }

    std::vector<Item> m_items;
    std::vector<Mark> m_marks; ///< not yet returned: from m_firstMark on
    size_t m_firstMark = 0;
    std::uint64_t m_lastNumber = 0;
    std::int64_t m_lastMarkAt = 0;
    std::int64_t m_sent = 0;
    std::int64_t m_confirmed = 0;     ///< played, by the word of the phone
    std::int64_t m_knownPosition = 0; ///< where playback was ...
    Time m_knownAt{};                 ///< ... at this time
    std::string m_turn;               ///< response of the item that began last
    Time m_turnSince{};
};

} // namespace server::bridge
