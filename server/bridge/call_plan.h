// Everything the bridge must know about a call before it begins. A value; made once, never changed.
#pragma once

#include "shared/base/ids.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <chrono>

namespace server::bridge {

enum class Direction { Outbound, Inbound };

/// A model that calls a tool of this name ends the call, once its last words have been heard.
inline constexpr auto kEndCallTool = "end_call";

struct CallPlan
{
    base::CallId id;
    QString callSid; ///< the phone network's id; empty until it is known
    Direction direction = Direction::Outbound;
    QString account;     ///< e-mail of the owner; empty when there is none
    QString phoneNumber; ///< the other party, E.164
    QString scenario;    ///< id
    QString scenarioTitle;
    QString instructions;      ///< the whole prompt
    QString greeting;          ///< what the model is told in order to speak first
    QString voice;             ///< a name of the model's voices
    QJsonObject turnDetection; ///< as the session takes it
    QJsonArray tools;          ///< function tools offered to the model
    std::chrono::seconds durationLimit{3600};
    bool isRecorded = true; ///< write a two-channel WAV
};

} // namespace server::bridge
