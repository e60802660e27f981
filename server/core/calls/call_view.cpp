#include "server/core/calls/call_view.h"

#include "shared/base/log.h"
#include "shared/protocol/json_reader.h"

namespace server::core {

namespace {

protocol::CallState stateOf(CallStatus status)
{
    switch (status) {
    case CallStatus::Initiated:
    case CallStatus::Queued:
        return protocol::CallState::Dialing;
    case CallStatus::Ringing:
        return protocol::CallState::Ringing;
    case CallStatus::InProgress:
        return protocol::CallState::Connecting;
    default:
        return protocol::CallState::Ended;
    }
}

} // namespace

protocol::LiveCall liveViewOf(const Call &call)
{
    protocol::LiveCall view;
    view.id = call.id.value;
    view.callSid = call.callSid;
    view.direction = toText(call.direction);
    view.phoneNumber = base::log::maskedPhone(call.phoneNumber);
    view.account = call.account;
    view.scenario = call.scenario;
    view.scenarioTitle = call.scenarioTitle;
    view.state = stateOf(call.status);
    view.startedAt = call.createdAt;
    view.answeredAt = call.answeredAt;
    view.durationLimitSeconds = int(call.durationLimit.count());
    view.endReason = call.endReason;
    return view;
}

QJsonObject ownerViewOf(const Call &call)
{
    const auto textOrNull = [](const QString &text) {
        return text.isEmpty() ? QJsonValue() : QJsonValue(text);
    };
    return {{QStringLiteral("id"), call.id.value},
            {QStringLiteral("call_sid"), textOrNull(call.callSid)},
            {QStringLiteral("direction"), toText(call.direction)},
            {QStringLiteral("phone_number"), call.phoneNumber},
            {QStringLiteral("scenario"), call.scenario},
            {QStringLiteral("status"), toText(call.status)},
            {QStringLiteral("end_reason"), textOrNull(call.endReason)},
            {QStringLiteral("answered_by"), textOrNull(call.answeredBy)},
            {QStringLiteral("duration_limit"), int(call.durationLimit.count())},
            {QStringLiteral("duration_seconds"), call.durationSeconds},
            {QStringLiteral("created_at"), protocol::toWireTimeOrNull(call.createdAt)},
            {QStringLiteral("answered_at"), protocol::toWireTimeOrNull(call.answeredAt)},
            {QStringLiteral("ended_at"), protocol::toWireTimeOrNull(call.endedAt)},
            {QStringLiteral("recording"), textOrNull(call.recordingFile)}};
}

} // namespace server::core
