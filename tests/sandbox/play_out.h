// What the person on the phone has really heard: the phone network's play-out buffer.
#pragma once

#include "shared/base/clock.h"

#include <QByteArray>
#include <QJsonArray>
#include <QString>
#include <QStringList>

#include <deque>
#include <optional>
#include <vector>

namespace sandbox {

/// Plays what the server sends at exactly 8 bytes a millisecond of the wall clock.
///
/// Why it exists: a test asks it how much of an answer was heard, so it must not depend on timers.
/// Every piece gets its exact start time when it arrives; time only enters as an argument.
/// Not thread-safe.
class PlayOut
{
public:
    using Time = std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

    /// A stretch of audio that ends at a mark or at a clear.
    struct Segment
    {
        QString mark;      ///< empty when a clear ended it before any mark
        qint64 bytes = 0;  ///< received
        qint64 played = 0; ///< of these, heard
        Time endedAt;      ///< when the mark was returned
        bool cleared = false;
    };

    static Time at(base::SteadyTime time)
    {
        return std::chrono::time_point_cast<std::chrono::microseconds>(time);
    }

    void append(const QByteArray &mulaw, Time now);
    void mark(const QString &name, Time now);
    /// Empties the buffer; returns the names of all pending marks, oldest first.
    QStringList clear(Time now);

    /// The stream is over: what has not been played never will be.
    void stop(Time now);

    /// Takes the marks that are due: everything queued before them has been played.
    QStringList takeDue(Time now);
    std::optional<Time> nextDue() const;

    /// Is something louder than line noise being played right now?
    bool isLoud(Time now) const;
    /// The code played at `now` for `bytes` bytes: silence where nothing plays.
    QByteArray sound(Time now, int bytes) const;

    qint64 playedBytes(Time now) const { return playedBetween(0, qint64(m_received.size()), now); }
    /// How many of the received bytes [from, to) have been heard by `now`.
    qint64 playedBetween(qint64 from, qint64 to, Time now) const;
    /// Milliseconds heard of this very audio, found by its bytes; nothing when it never arrived.
    std::optional<double> heardMs(const QByteArray &audio, Time now) const;

    const QByteArray &received() const { return m_received; }
    int clears() const { return m_clears; }
    std::vector<Segment> segments(Time now) const;

private:
    struct Piece
    {
        Time start;
        qint64 from;  ///< offset in m_received
        qint64 bytes; ///< what remains after a clear
        bool loud;
    };
    struct Pending
    {
        QString name;
        Time due;
        size_t segment;
    };
    struct Bounds
    {
        Segment segment;
        qint64 from = 0;
    };

    Time endOfQueue(Time now) const { return std::max(now, m_end); }
    const Piece *playing(Time now) const;

    QByteArray m_received;
    std::vector<Piece> m_pieces;
    std::deque<Pending> m_pending;
    std::vector<Bounds> m_closed;
    qint64 m_openFrom = 0; ///< where the segment without a mark begins
    Time m_end{};          ///< when the last piece ends
    int m_clears = 0;
};

} // namespace sandbox
