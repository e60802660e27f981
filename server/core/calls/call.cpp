#include "server/core/calls/call.h"

#include <algorithm>
#include <array>

namespace server::core {

namespace {

constexpr std::array kStatuses{CallStatus::Initiated,  CallStatus::Queued,    CallStatus::Ringing,
                               CallStatus::InProgress, CallStatus::Completed, CallStatus::Busy,
                               CallStatus::Failed,     CallStatus::NoAnswer,  CallStatus::Canceled};

} // namespace

QString toText(CallStatus status)
{
    switch (status) {
    case CallStatus::Initiated:
        return QStringLiteral("initiated");
    case CallStatus::Queued:
        return QStringLiteral("queued");
    case CallStatus::Ringing:
        return QStringLiteral("ringing");
    case CallStatus::InProgress:
        return QStringLiteral("in-progress");
    case CallStatus::Completed:
        return QStringLiteral("completed");
    case CallStatus::Busy:
        return QStringLiteral("busy");
    case CallStatus::Failed:
        return QStringLiteral("failed");
    case CallStatus::NoAnswer:
        return QStringLiteral("no-answer");
    case CallStatus::Canceled:
        return QStringLiteral("canceled");
    }
    return {};
}

std::optional<CallStatus> callStatusFromText(const QString &text)
{
    if (text == QLatin1String("answered")) // the event's name in status callbacks
        return CallStatus::InProgress;
    for (const CallStatus status : kStatuses) {
        if (text == toText(status))
            return status;
    }
    return std::nullopt;
}

bool isFinal(CallStatus status)
{
    return status == CallStatus::Completed || isNeverConnected(status);
}

bool isNeverConnected(CallStatus status)
{
    return status == CallStatus::Busy || status == CallStatus::Failed
           || status == CallStatus::NoAnswer || status == CallStatus::Canceled;
}

QString toText(CallDirection direction)
{
    return direction == CallDirection::Outbound ? QStringLiteral("outbound")
                                                : QStringLiteral("inbound");
}

QString toText(MachineDetection detection)
{
    switch (detection) {
    case MachineDetection::Off:
        return QStringLiteral("off");
    case MachineDetection::Enable:
        return QStringLiteral("enable");
    case MachineDetection::DetectMessageEnd:
        return QStringLiteral("detect_message_end");
    }
    return {};
}

std::optional<MachineDetection> machineDetectionFromText(const QString &text)
{
    for (const auto detection :
         {MachineDetection::Off, MachineDetection::Enable, MachineDetection::DetectMessageEnd}) {
        if (text == toText(detection))
            return detection;
    }
    return std::nullopt;
}

bool isAnswererKnown(const QString &answeredBy)
{
    static const QStringList known{QStringLiteral("human"),
                                   QStringLiteral("machine_start"),
                                   QStringLiteral("machine_end_beep"),
                                   QStringLiteral("machine_end_silence"),
                                   QStringLiteral("machine_end_other"),
                                   QStringLiteral("fax"),
                                   QStringLiteral("unknown")};
    return known.contains(answeredBy);
}

bool isMachine(const QString &answeredBy)
{
    return answeredBy == QLatin1String("fax") || answeredBy.startsWith(QLatin1String("machine_"));
}

bool CallBrief::offers(const QString &tool) const
{
    return std::any_of(tools.begin(), tools.end(), [&](const QJsonValue &one) {
        return one.toObject().value(QLatin1String("name")).toString() == tool;
    });
}

QJsonObject CallBrief::toJson() const
{
    return {{QStringLiteral("instructions"), instructions},
            {QStringLiteral("greeting"), greeting},
            {QStringLiteral("voice"), voice},
            {QStringLiteral("turn_detection"), turnDetection},
            {QStringLiteral("tools"), tools},
            {QStringLiteral("is_recorded"), isRecorded}};
}

CallBrief CallBrief::fromJson(const QJsonObject &object)
{
    return {object.value(QLatin1String("instructions")).toString(),
            object.value(QLatin1String("greeting")).toString(),
            object.value(QLatin1String("voice")).toString(),
            object.value(QLatin1String("turn_detection")).toObject(),
            object.value(QLatin1String("tools")).toArray(),
            object.value(QLatin1String("is_recorded")).toBool(true)};
}

} // namespace server::core
