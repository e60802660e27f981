// A phone call as the rules and the store know it.
#pragma once

#include "server/core/scenarios/call_direction.h"
#include "shared/base/ids.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <chrono>
#include <optional>

namespace server::core {

/// The phone network's words for where a call stands (Twilio Voice, "Call status values"), and
/// `initiated` for one that is reserved but not yet dialled.
enum class CallStatus {
    Initiated,
    Queued,
    Ringing,
    InProgress,
    Completed,
    Busy,
    Failed,
    NoAnswer,
    Canceled
};

QString toText(CallStatus status);
std::optional<CallStatus> callStatusFromText(const QString &text);
/// True when nothing more can happen to the call.
bool isFinal(CallStatus status);
/// True when the other side was never on the line.
bool isNeverConnected(CallStatus status);

QString toText(CallDirection direction);

/// Whether the phone network shall find out if a person or a machine has answered (Twilio Voice,
/// "Answering Machine Detection"): not at all, as soon as it knows, or at the end of a machine's
/// greeting.
enum class MachineDetection { Off, Enable, DetectMessageEnd };

/// "off", "enable" or "detect_message_end".
QString toText(MachineDetection detection);
std::optional<MachineDetection> machineDetectionFromText(const QString &text);

/// What the network says of who has answered: "human", "machine_start", "fax", "unknown" and so on.
bool isAnswererKnown(const QString &answeredBy);
bool isMachine(const QString &answeredBy);

/// What the voice agent is told for one call: a snapshot, so that later edits of a scenario change
/// no call under way.
struct CallBrief
{
    QString instructions;
    QString greeting;
    QString voice;
    QJsonObject turnDetection;
    QJsonArray tools;
    bool isRecorded = true; ///< if the service records at all

    bool offers(const QString &tool) const;
    QJsonObject toJson() const;
    static CallBrief fromJson(const QJsonObject &object);
};

struct Call
{
    base::CallId id;
    base::UserId owner; ///< none for an incoming call to a number that nobody owns
    QString account;    ///< the owner's e-mail; empty when there is none
    QString scenario;
    QString scenarioTitle;
    CallDirection direction = CallDirection::Outbound;
    QString phoneNumber; ///< the other party, E.164
    QString ownNumber;   ///< our side, E.164
    CallStatus status = CallStatus::Initiated;
    QString callSid;    ///< empty until the phone network gave one
    QString answeredBy; ///< the phone network's word for it; empty: it was not asked, or not said
    CallBrief brief;
    std::chrono::seconds durationLimit{0};
    QDateTime createdAt;
    QDateTime answeredAt;
    QDateTime endedAt;
    int durationSeconds = 0;
    QString endReason;
    QString recordingFile; ///< relative to the recordings folder
    QString recordingSid;  ///< the phone network's recording
    qint64 scheduleId = 0; ///< the schedule that asked for it; 0: none
};

} // namespace server::core
