// What is asked of the call service, and what it answers.
#pragma once

#include "server/core/calls/call.h"

#include <QUrl>

namespace server::core {

struct CallOrder
{
    base::UserId owner;
    QString account;       ///< the owner's e-mail
    QString accountName;   ///< the owner's name, for the agent to use; may be empty
    QString phoneNumber;   ///< as typed
    QString scenario;      ///< id of a built-in one, or of one of the owner's own
    qint64 scheduleId = 0; ///< 0: asked for now
    /// Asked for by the consumer app: it has the service's number, and the app repeats a request
    /// whose answer it did not get or like, so within seconds the same order is the same call.
    bool isFromApp = false;
    std::optional<MachineDetection> machineDetection = {}; ///< none: as the settings say
    QDateTime dialUntil = {}; ///< later it is not dialled any more; invalid: whenever
};

/// The scenario of calls about the owner's calendar; without a calendar there is none.
inline constexpr auto kCalendarScenario = "calendar";

struct CallSettings
{
    QUrl publicUrl;    ///< where the phone network reaches us, without a trailing slash
    QString ownNumber; ///< the service's number, E.164; empty: none
    std::chrono::seconds durationLimit{3600};
    bool isRecordedByNetwork = true;
    bool usesOwnNumbers = true; ///< call from a user's own number, where there is one
    MachineDetection machineDetection = MachineDetection::Off;
    bool hangsUpOnMachines = true;
};

/// A call as the phone network tells of it, which we may know or not.
struct ForeignCall
{
    QString callSid;
    CallStatus status = CallStatus::Initiated;
    CallDirection direction = CallDirection::Inbound;
    QString from;
    QString to;
    std::optional<int> durationSeconds;
};

/// What the phone network is told to connect a call to.
struct MediaTicket
{
    Call call;
    QString token; ///< one-time, for the stream's parameters
};

} // namespace server::core
