// The text frames of the live feed as values.
#pragma once

#include "shared/protocol/call.h"
#include "shared/protocol/live.h"

#include <QList>
#include <QString>

#include <optional>
#include <variant>

namespace console::api {

/// All live calls; what was known before is void.
struct LiveSnapshot
{
    QList<protocol::LiveCall> calls;
};

/// What changed since the last snapshot or delta.
struct LiveDelta
{
    QList<protocol::LiveCall> changed;
    QList<qint64> removed;
    QList<protocol::CallLevels> levels;
};

struct LineNews
{
    qint64 callId;
    protocol::TranscriptLine line;
};
struct TurnNews
{
    qint64 callId;
    protocol::TurnLatency turn;
};
struct TimelineNews
{
    qint64 callId;
    protocol::TimelineEvent event;
};
struct ListeningNews
{
    qint64 callId;
};
struct StoppedNews
{
    qint64 callId;
    QString reason;
};
struct RefusedNews
{
    QString request;
    qint64 callId;
    QString message;
};

using LiveMessage = std::variant<LiveSnapshot, LiveDelta, protocol::CallDetail, LineNews, TurnNews,
                                 TimelineNews, ListeningNews, StoppedNews, RefusedNews>;

/// Nothing for text that is no message we know: a newer server may say more than we understand.
std::optional<LiveMessage> decodeLiveMessage(const QString &text);

} // namespace console::api
