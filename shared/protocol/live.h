// The live feed: WebSocket /admin/live.
//
// Opening: POST /admin/live/ticket with a staff bearer token answers {"ticket","expires_in"}; the
// socket is opened at /admin/live?ticket=<ticket>. A ticket is good once, for 30 s; the bearer
// token never stands in a URL.
//
// Text frames, server to console:
//   {"type":"snapshot","calls":[LiveCall...]}                 first, and after each reconnect
//   {"type":"delta","changed":[LiveCall...],"removed":[id...],"levels":[[id,caller,agent]...]}   at
//   most each 100 ms
//   {"type":"detail", ...CallDetail}                          answer to watch
//   {"type":"transcript","call_id":n,"line":TranscriptLine}   a line of the watched call is new or
//   has grown
//   {"type":"turn","call_id":n,"turn":TurnLatency}
//   {"type":"timeline","call_id":n,"event":TimelineEvent}
//   {"type":"listening","call_id":n} / {"type":"stopped","call_id":n,"reason":text}
//   {"type":"refused","request":type,"call_id":n,"message":text}
// Text frames, console to server:
//   {"type":"watch","call_id":n} / {"type":"unwatch"}         details of one call
//   {"type":"listen","call_id":n} / {"type":"unlisten"}       audio of one call
// Binary frames, server to console: ListenFrame.
#pragma once

#include "shared/audio/mulaw.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <array>
#include <optional>

namespace protocol {

/// Where a live call stands.
enum class CallState { Dialing, Ringing, Connecting, Talking, Ending, Ended };

QString toText(CallState state);
std::optional<CallState> callStateFromText(const QString &text);

/// One row of the Live page.
struct LiveCall
{
    qint64 id = 0;
    QString callSid;
    QString direction;     ///< "outbound" or "inbound"
    QString phoneNumber;   ///< the other party, masked
    QString account;       ///< e-mail of the owner; empty when there is none
    QString scenario;      ///< id
    QString scenarioTitle; ///< for people
    CallState state = CallState::Dialing;
    QDateTime startedAt;
    QDateTime answeredAt; ///< invalid until the media stream began
    int durationLimitSeconds = 0;
    QString lastWords;     ///< tail of what was said last
    QString lastSpeaker;   ///< "caller", "agent" or empty
    qint64 latencyMs = -1; ///< of the latest turn; -1 when there was none yet
    int turns = 0;
    int interruptions = 0;
    int listeners = 0; ///< members of staff who listen now
    QString endReason; ///< set once state is Ended

    QJsonObject toJson() const;
    static std::optional<LiveCall> fromJson(const QJsonObject &object);
    bool operator==(const LiveCall &) const = default;
};

/// Meter readings of one call: root mean square of the last 100 ms, 0...1 of full scale.
struct CallLevels
{
    qint64 id = 0;
    float caller = 0;
    float agent = 0;
};

/// 20 ms of both legs. Layout, little-endian: u8 version (1), 3 bytes zero, u32 sequence, i64 call
/// id, 160 bytes caller µ-law, 160 bytes agent µ-law. A gap in `sequence` is audio the listener was
/// too slow for.
struct ListenFrame
{
    static constexpr int kBytes = 16 + 2 * audio::kFrameBytes;
    using Leg = std::array<std::uint8_t, audio::kFrameBytes>;

    qint64 callId = 0;
    std::uint32_t sequence = 0;
    Leg caller{};
    Leg agent{};

    QByteArray encode() const;
    /// Nothing for a frame of another length or version.
    static std::optional<ListenFrame> decode(const QByteArray &bytes);
};

} // namespace protocol
