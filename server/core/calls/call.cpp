#include "server/core/calls/call.h"

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

QJsonObject CallBrief::toJson() const
{
    return {{QStringLiteral("instructions"), instructions},
            {QStringLiteral("greeting"), greeting},
            {QStringLiteral("voice"), voice},
            {QStringLiteral("turn_detection"), turnDetection},
            {QStringLiteral("tools"), tools}};
}

CallBrief CallBrief::fromJson(const QJsonObject &object)
{
    return {object.value(QLatin1String("instructions")).toString(),
            object.value(QLatin1String("greeting")).toString(),
            object.value(QLatin1String("voice")).toString(),
            object.value(QLatin1String("turn_detection")).toObject(),
            object.value(QLatin1String("tools")).toArray()};
}

} // namespace server::core
