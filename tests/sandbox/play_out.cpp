#include "tests/sandbox/play_out.h"

#include "tests/sandbox/voice_activity.h"

#include "shared/audio/mulaw.h"

#include <algorithm>

namespace sandbox {

using namespace std::chrono;

namespace {

constexpr double kLoud = 0.01; // of full scale; the line's own noise stays far below
constexpr qsizetype kNeedle = 64;
constexpr double kUnique = 0.03; // as loud as speech: no two sentences share such a stretch

microseconds lasting(qint64 bytes)
{
    return microseconds(bytes * 1000 / audio::kBytesPerMs);
}

} // namespace

void PlayOut::append(const QByteArray &mulaw, Time now)
{
    // Pieces of 20 ms, so that loudness is known finely enough for a listener.
    for (qsizetype at = 0; at < mulaw.size(); at += audio::kFrameBytes) {
        const auto size = std::min<qsizetype>(audio::kFrameBytes, mulaw.size() - at);
        const Time start = endOfQueue(now);
        const bool loud = loudness(QByteArrayView(mulaw).sliced(at, size)) > kLoud;
        m_pieces.push_back({start, m_received.size() + at, size, loud});
        m_end = start + lasting(size);
    }
    m_received += mulaw;
}

void PlayOut::mark(const QString &name, Time now)
{
    m_pending.push_back({name, endOfQueue(now), m_closed.size()});
    Bounds bounds;
    bounds.segment.mark = name;
    bounds.segment.bytes = m_received.size() - m_openFrom;
    bounds.segment.endedAt = endOfQueue(now);
    bounds.from = m_openFrom;
    m_closed.push_back(bounds);
    m_openFrom = m_received.size();
}

QStringList PlayOut::clear(Time now)
{
    ++m_clears;
    if (m_openFrom < m_received.size()) {
        Bounds rest;
        rest.segment.bytes = m_received.size() - m_openFrom;
        rest.segment.endedAt = now;
        rest.segment.cleared = m_end > now;
        rest.from = m_openFrom;
        m_closed.push_back(rest);
        m_openFrom = m_received.size();
    }
    stop(now);
    QStringList names;
    for (const Pending &pending : m_pending) {
        names.append(pending.name);
        Segment &segment = m_closed[pending.segment].segment;
        segment.cleared = pending.due > now;
        segment.endedAt = std::min(segment.endedAt, now);
    }
    m_pending.clear();
    return names;
}

void PlayOut::stop(Time now)
{
    while (!m_pieces.empty() && m_pieces.back().start >= now)
        m_pieces.pop_back();
    if (!m_pieces.empty()) {
        Piece &current = m_pieces.back();
        const auto heard = duration_cast<microseconds>(now - current.start).count();
        current.bytes = std::min<qint64>(heard * audio::kBytesPerMs / 1000, current.bytes);
    }
    m_end = std::min(m_end, now);
}

QStringList PlayOut::takeDue(Time now)
{
    QStringList names;
    while (!m_pending.empty() && m_pending.front().due <= now) {
        names.append(m_pending.front().name);
        m_pending.pop_front();
    }
    return names;
}

std::optional<PlayOut::Time> PlayOut::nextDue() const
{
    if (m_pending.empty())
        return std::nullopt;
    return m_pending.front().due;
}

const PlayOut::Piece *PlayOut::playing(Time now) const
{
    const auto after =
        std::upper_bound(m_pieces.begin(), m_pieces.end(), now,
                         [](Time time, const Piece &piece) { return time < piece.start; });
    if (after == m_pieces.begin())
        return nullptr;
    const Piece &piece = *std::prev(after);
    return piece.start + lasting(piece.bytes) > now ? &piece : nullptr;
}

bool PlayOut::isLoud(Time now) const
{
    const Piece *piece = playing(now);
    return piece && piece->loud;
}

QByteArray PlayOut::sound(Time now, int bytes) const
{
    QByteArray heard(bytes, char(audio::kSilence));
    for (int at = 0; at < bytes;) {
        const Time time = now + lasting(at);
        const Piece *piece = playing(time);
        if (!piece) {
            ++at;
            continue;
        }
        const qint64 skipped = (time - piece->start).count() * audio::kBytesPerMs / 1000;
        const qint64 size = std::clamp<qint64>(piece->bytes - skipped, 1, bytes - at);
        const qint64 from = std::min<qint64>(piece->from + skipped, m_received.size() - size);
        std::copy_n(m_received.begin() + from, size, heard.begin() + at);
        at += int(size);
    }
    return heard;
}

qint64 PlayOut::playedBetween(qint64 from, qint64 to, Time now) const
{
    qint64 played = 0;
    auto piece = std::upper_bound(m_pieces.begin(), m_pieces.end(), from,
                                  [](qint64 at, const Piece &one) { return at < one.from; });
    if (piece != m_pieces.begin())
        --piece;
    for (; piece != m_pieces.end() && piece->from < to && piece->start < now; ++piece) {
        const qint64 time = duration_cast<microseconds>(now - piece->start).count();
        const qint64 heard = std::min<qint64>(time * audio::kBytesPerMs / 1000, piece->bytes);
        const qint64 begin = std::max(from, piece->from);
        const qint64 end = std::min(to, piece->from + heard);
        played += std::max<qint64>(0, end - begin);
    }
    return played;
}

std::optional<double> PlayOut::heardMs(const QByteArray &audio, Time now) const
{
    // Loud stretches are unique; an early one has arrived if anything of it was heard.
    for (qsizetype at = 0; at + kNeedle <= audio.size(); at += kNeedle) {
        const QByteArray needle = audio.sliced(at, kNeedle);
        if (loudness(needle) < kUnique)
            continue;
        const qsizetype found = m_received.lastIndexOf(needle);
        if (found < 0)
            continue;
        const qint64 from = found - at;
        return double(playedBetween(from, from + audio.size(), now)) / audio::kBytesPerMs;
    }
    return std::nullopt;
}

std::vector<PlayOut::Segment> PlayOut::segments(Time now) const
{
    std::vector<Segment> all;
    for (const Bounds &bounds : m_closed) {
        all.push_back(bounds.segment);
        all.back().played = playedBetween(bounds.from, bounds.from + bounds.segment.bytes, now);
    }
    return all;
}

} // namespace sandbox
