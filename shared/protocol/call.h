// What a call leaves behind, as the API says it: transcript, latency, timeline.
#pragma once

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace protocol {

enum class Speaker { Caller, Agent };

/// One utterance. For an agent sentence it tells what was generated and how much of it was heard.
struct TranscriptLine
{
    QString itemId; ///< the model's conversation item; stable while the line grows
    Speaker speaker = Speaker::Caller;
    QString text;          ///< all of it, heard or not
    int heardChars = -1;   ///< the first so many characters were heard; -1: all of them
    qint64 startMs = 0;    ///< since the media stream began
    qint64 producedMs = 0; ///< agent: audio generated
    qint64 heardMs = 0;    ///< agent: audio the caller has heard
    bool isFinal = false;  ///< nothing more will come
    bool wasInterrupted = false;

    QJsonObject toJson() const;
    static std::optional<TranscriptLine> fromJson(const QJsonObject &object);
};

/// How long one turn of the agent took. Milliseconds; -1 where the moment was not seen.
struct TurnLatency
{
    int turn = 0;                ///< 1, 2, ... ; turn 1 is the greeting
    qint64 callerStoppedMs = -1; ///< since the media stream began; -1 for a greeting
    qint64 firstModelAudioMs = -1;
    qint64 firstFrameSentMs = -1;

    /// From the caller's last word (or the request for a greeting) to the first frame on the wire.
    qint64 responseMs() const;

    QJsonObject toJson() const;
    static std::optional<TurnLatency> fromJson(const QJsonObject &object);
};

/// One line of a call's timeline, such as "barge-in" or "model reconnected".
struct TimelineEvent
{
    qint64 atMs = 0; ///< since the media stream began
    QString name;
    QString detail;

    QJsonObject toJson() const;
    static std::optional<TimelineEvent> fromJson(const QJsonObject &object);
};

/// GET /admin/calls/{id}: everything that is known of one call.
struct CallDetail
{
    qint64 callId = 0;
    QList<TranscriptLine> transcript;
    QList<TurnLatency> turns;
    QList<TimelineEvent> timeline;

    QJsonObject toJson() const;
    static std::optional<CallDetail> fromJson(const QJsonObject &object);
};

template <typename T>
QJsonArray toJsonArray(const QList<T> &items)
{
    QJsonArray array;
    for (const T &item : items)
        array.append(item.toJson());
    return array;
}

/// Items that do not decode are left out: a newer server may know more than we do.
template <typename T>
QList<T> listFromJson(const QJsonArray &array)
{
    QList<T> items;
    for (const auto &value : array) {
        if (auto item = T::fromJson(value.toObject()))
            items.append(*item);
    }
    return items;
}

} // namespace protocol
