#include "server/core/calls/call_service.h"

#include "server/core/accounts/opaque_token.h"
#include "server/core/numbers/phone_number.h"
#include "server/core/scenarios/prompt_composer.h"
#include "server/core/scenarios/vad_profiles.h"
#include "shared/base/log.h"

#include <QUrlQuery>

namespace server::core {

namespace {

// From the answer to the media stream's start: the phone network connects within a second or two.
constexpr std::chrono::seconds kTokenLifetime{120};
// The bridge ends a call at its limit and says so; the phone network only if that should fail.
constexpr std::chrono::seconds kNetworkMargin{5};

base::Result<Call> required(base::Result<std::optional<Call>> found)
{
    if (!found)
        return failed(found);
    if (!*found)
        return base::fail(base::Fault::NotFound, QStringLiteral("Call not found"));
    return std::move(**found);
}

} // namespace

CallService::CallService(Ports ports, CallSettings settings)
    : m_ports(std::move(ports)), m_settings(std::move(settings))
{
}

base::Result<Scenario> CallService::scenarioFor(base::UserId owner, const QString &id) const
{
    if (const Scenario *builtin = m_ports.scenarios.find(id))
        return *builtin;
    if (owner.isValid()) {
        const auto own = m_ports.customScenarios.find(owner, id);
        if (!own)
            return failed(own);
        if (*own)
            return (*own)->toScenario();
    }
    return base::fail(base::Fault::Invalid, QStringLiteral("Invalid scenario"));
}

base::Result<> CallService::checkScenario(base::UserId owner, const QString &scenario) const
{
    const auto found = scenarioFor(owner, scenario);
    return found ? base::Result<>() : failed(found);
}

Call CallService::draft(const Scenario &scenario, CallDirection direction,
                        const QString &personName) const
{
    PromptFacts facts;
    facts.persona = scenario.persona;
    facts.prompt = scenario.prompt;
    facts.direction = direction;
    facts.now = m_ports.now();
    facts.personName = personName;

    Call call;
    call.scenario = scenario.id;
    call.scenarioTitle = scenario.title;
    call.direction = direction;
    call.ownNumber = m_settings.ownNumber;
    call.durationLimit = m_settings.durationLimit;
    call.createdAt = m_ports.now();
    call.brief.instructions = PromptComposer::compose(facts);
    call.brief.greeting = PromptComposer::greetingFor(facts);
    call.brief.voice = scenario.voice;
    call.brief.turnDetection = VadProfiles::forCall(scenario).toJson();
    return call;
}

base::Result<Call> CallService::place(const CallOrder &order)
{
    if (m_settings.ownNumber.isEmpty())
        return base::fail(
            base::Fault::Unavailable,
            QStringLiteral("No phone number available. Please provision a phone number first."));
    const auto number = PhoneNumber::parse(order.phoneNumber);
    if (!number)
        return failed(number);
    const auto scenario = scenarioFor(order.owner, order.scenario);
    if (!scenario)
        return failed(scenario);
    Call drafted = draft(*scenario, CallDirection::Outbound, order.accountName);
    drafted.owner = order.owner;
    drafted.account = order.account;
    drafted.phoneNumber = number->e164();
    drafted.scheduleId = order.scheduleId;

    // The row first, the phone second: a dialled call without a row could never be accounted for.
    auto call = m_ports.reserver.reserve(drafted);
    if (!call)
        return call;
    const auto dialled = m_ports.telephony.dial(dialOrderFor(*call));
    if (!dialled) {
        base::log::warning("call.refused", {{QStringLiteral("call"), call->id.value},
                                            {QStringLiteral("cause"), dialled.error().cause}});
        call->status = CallStatus::Failed;
        call->endReason = QStringLiteral("refused");
        const auto stored =
            m_ports.calls.setStatus(call->id, call->status, m_ports.now(), 0, call->endReason);
        return stored ? failed(dialled) : failed(stored);
    }
    call->callSid = dialled->callSid;
    call->status = dialled->status;
    if (const auto stored = m_ports.calls.setSid(call->id, call->callSid, call->status); !stored)
        return failed(stored);
    base::log::info("call.placed",
                    {{QStringLiteral("call"), call->id.value},
                     {QStringLiteral("call_sid"), call->callSid},
                     {QStringLiteral("scenario"), call->scenario},
                     {QStringLiteral("to"), base::log::maskedPhone(call->phoneNumber)}});
    m_ports.events.expected(*call);
    return call;
}

DialOrder CallService::dialOrderFor(const Call &call) const
{
    const auto at = [this](const QString &path) {
        QUrl url = m_settings.publicUrl;
        url.setPath(url.path() + path);
        return url;
    };
    QUrl answer = at(QStringLiteral("/outgoing-call/") + call.scenario);
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("direction"), toText(call.direction));
    query.addQueryItem(QStringLiteral("call"), QString::number(call.id.value));
    answer.setQuery(query);
    const auto text = [](const QUrl &url) { return url.toString(QUrl::FullyEncoded); };
    return {call.phoneNumber,
            call.ownNumber,
            text(answer),
            text(at(QStringLiteral("/twilio-callback"))),
            m_settings.isRecordedByNetwork ? text(at(QStringLiteral("/recording-callback")))
                                           : QString(),
            call.durationLimit + kNetworkMargin};
}

base::Result<MediaTicket> CallService::issueTicket(Call call)
{
    const OpaqueToken token = OpaqueToken::generate(systemRandom);
    const auto stored = m_ports.calls.setMediaToken(call.id, token.hash,
                                                    m_ports.now().addSecs(kTokenLifetime.count()));
    if (!stored)
        return failed(stored);
    return MediaTicket{std::move(call), token.text};
}

base::Result<MediaTicket> CallService::answerOutgoing(base::CallId id, const QString &callSid)
{
    auto call = required(id.isValid() ? m_ports.calls.byId(id) : m_ports.calls.bySid(callSid));
    if (!call)
        return failed(call);
    if (isFinal(call->status))
        return base::fail(base::Fault::Conflict, QStringLiteral("The call is over"));
    return issueTicket(std::move(*call));
}

base::Result<MediaTicket> CallService::answerIncoming(const QString &callSid, const QString &from,
                                                      const QString &to, const QString &scenario)
{
    if (callSid.isEmpty())
        return base::fail(base::Fault::Invalid, QStringLiteral("No CallSid provided"));
    auto known = m_ports.calls.bySid(callSid);
    if (!known)
        return failed(known);
    if (*known)
        return issueTicket(std::move(**known));
    const auto found = scenarioFor({}, scenario);
    if (!found)
        return failed(found);
    Call drafted = draft(*found, CallDirection::Inbound, {});
    const auto caller = PhoneNumber::parse(from);
    drafted.phoneNumber =
        caller ? caller->e164() : QStringLiteral("unknown"); // callers may hide their number
    drafted.ownNumber = to;
    drafted.callSid = callSid;
    drafted.status = CallStatus::InProgress;
    auto call = m_ports.calls.add(drafted);
    if (!call)
        return failed(call);
    m_ports.events.expected(*call);
    return issueTicket(std::move(*call));
}

base::Result<Call> CallService::redeem(const QString &token, const QString &callSid)
{
    auto call = m_ports.calls.redeemMediaToken(OpaqueToken::hashOf(token), m_ports.now());
    if (!call)
        return failed(call);
    if (!*call)
        return base::fail(base::Fault::Forbidden, QStringLiteral("The media token is not good"));
    Call &found = **call;
    // The sid of an outgoing call is stored when the order is answered; the stream may be faster
    // than that.
    if (!found.callSid.isEmpty() && found.callSid != callSid)
        return base::fail(base::Fault::Forbidden,
                          QStringLiteral("The media token belongs to another call"));
    found.callSid = callSid;
    return std::move(found);
}

base::Result<Call> CallService::improvise(const QString &scenario, const QString &callSid)
{
    const auto found = scenarioFor({}, scenario);
    if (!found)
        return failed(found);
    Call drafted = draft(*found, CallDirection::Inbound, {});
    drafted.phoneNumber = QStringLiteral("unknown");
    drafted.status = CallStatus::InProgress;
    auto call = m_ports.calls.add(drafted);
    if (call)
        call->callSid =
            callSid; // an open stream may say any sid, the same one twice too: it is not stored
    return call;
}

base::Result<void> CallService::reportStatus(const QString &callSid, CallStatus status,
                                             std::optional<int> durationSeconds)
{
    auto call = required(m_ports.calls.bySid(callSid));
    if (!call)
        return failed(call);
    const QDateTime now = m_ports.now();
    const QString reason = isNeverConnected(status) ? toText(status) : QString();
    const auto changed = m_ports.calls.setStatus(call->id, status, now, durationSeconds, reason);
    if (!changed)
        return failed(changed);
    if (*changed) {
        call->status = status;
        call->endReason = reason;
        m_ports.events.statusChanged(*call);
    }
    return {};
}

base::Result<void> CallService::reportRecording(const QString &callSid, const QString &recordingSid)
{
    const auto call = required(m_ports.calls.bySid(callSid));
    if (!call)
        return failed(call);
    return m_ports.calls.setRecordingSid(call->id, recordingSid);
}

base::Result<void> CallService::reportEnding(const CallEnding &ending)
{
    base::log::info("call.ended", {{QStringLiteral("call"), ending.id.value},
                                   {QStringLiteral("reason"), ending.reason},
                                   {QStringLiteral("turns"), int(ending.detail.turns.size())}});
    return m_ports.calls.storeEnding(ending);
}

base::Result<Call> CallService::ownCall(base::UserId owner, base::CallId id)
{
    auto call = required(m_ports.calls.byId(id));
    if (call && call->owner != owner)
        return base::fail(base::Fault::NotFound, QStringLiteral("Call not found"));
    return call;
}

} // namespace server::core
