#include "shared/protocol/live.h"

#include "shared/protocol/json_reader.h"

#include <QtEndian>

#include <algorithm>
#include <cstring>

namespace protocol {

namespace {

constexpr std::array kStates{CallState::Dialing, CallState::Ringing, CallState::Connecting,
                             CallState::Talking, CallState::Ending,  CallState::Ended};
constexpr std::uint8_t kListenVersion = 1;

} // namespace

QString toText(CallState state)
{
    switch (state) {
    case CallState::Dialing:
        return QStringLiteral("dialing");
    case CallState::Ringing:
        return QStringLiteral("ringing");
    case CallState::Connecting:
        return QStringLiteral("connecting");
    case CallState::Talking:
        return QStringLiteral("talking");
    case CallState::Ending:
        return QStringLiteral("ending");
    case CallState::Ended:
        return QStringLiteral("ended");
    }
    return {};
}

std::optional<CallState> callStateFromText(const QString &text)
{
    for (const CallState state : kStates) {
        if (text == toText(state))
            return state;
    }
    return std::nullopt;
}

QJsonObject LiveCall::toJson() const
{
    return {{QStringLiteral("id"), id},
            {QStringLiteral("call_sid"), callSid},
            {QStringLiteral("direction"), direction},
            {QStringLiteral("phone_number"), phoneNumber},
            {QStringLiteral("account"), account},
            {QStringLiteral("scenario"), scenario},
            {QStringLiteral("scenario_title"), scenarioTitle},
            {QStringLiteral("state"), toText(state)},
            {QStringLiteral("started_at"), toWireTimeOrNull(startedAt)},
            {QStringLiteral("answered_at"), toWireTimeOrNull(answeredAt)},
            {QStringLiteral("duration_limit_seconds"), durationLimitSeconds},
            {QStringLiteral("last_words"), lastWords},
            {QStringLiteral("last_speaker"), lastSpeaker},
            {QStringLiteral("latency_ms"), latencyMs},
            {QStringLiteral("turns"), turns},
            {QStringLiteral("interruptions"), interruptions},
            {QStringLiteral("listeners"), listeners},
            {QStringLiteral("end_reason"), endReason}};
}

std::optional<LiveCall> LiveCall::fromJson(const QJsonObject &object)
{
    const auto callId = integerField(object, "id");
    const auto state = callStateFromText(stringField(object, "state"));
    if (!callId || !state)
        return std::nullopt;
    LiveCall call;
    call.id = *callId;
    call.callSid = stringField(object, "call_sid");
    call.direction = stringField(object, "direction");
    call.phoneNumber = stringField(object, "phone_number");
    call.account = stringField(object, "account");
    call.scenario = stringField(object, "scenario");
    call.scenarioTitle = stringField(object, "scenario_title");
    call.state = *state;
    call.startedAt = fromWireTime(object.value(QLatin1String("started_at")));
    call.answeredAt = fromWireTime(object.value(QLatin1String("answered_at")));
    call.durationLimitSeconds = int(integerField(object, "duration_limit_seconds").value_or(0));
    call.lastWords = stringField(object, "last_words");
    call.lastSpeaker = stringField(object, "last_speaker");
    call.latencyMs = integerField(object, "latency_ms").value_or(-1);
    call.turns = int(integerField(object, "turns").value_or(0));
    call.interruptions = int(integerField(object, "interruptions").value_or(0));
    call.listeners = int(integerField(object, "listeners").value_or(0));
    call.endReason = stringField(object, "end_reason");
    return call;
}

QByteArray ListenFrame::encode() const
{
    QByteArray bytes(kBytes, '\0');
    char *out = bytes.data();
    out[0] = char(kListenVersion);
    qToLittleEndian(sequence, out + 4);
    qToLittleEndian(callId, out + 8);
    std::memcpy(out + 16, caller.data(), caller.size());
    std::memcpy(out + 16 + caller.size(), agent.data(), agent.size());
    return bytes;
}

std::optional<ListenFrame> ListenFrame::decode(const QByteArray &bytes)
{
    if (bytes.size() != kBytes || std::uint8_t(bytes[0]) != kListenVersion)
        return std::nullopt;
    const char *in = bytes.constData();
    ListenFrame frame;
    frame.sequence = qFromLittleEndian<std::uint32_t>(in + 4);
    frame.callId = qFromLittleEndian<qint64>(in + 8);
    std::memcpy(frame.caller.data(), in + 16, frame.caller.size());
    std::memcpy(frame.agent.data(), in + 16 + frame.caller.size(), frame.agent.size());
    return frame;
}

} // namespace protocol
