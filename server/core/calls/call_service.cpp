#include "server/core/calls/call_service.h"

#include "server/core/accounts/opaque_token.h"
#include "shared/base/log.h"

#include <QUrlQuery>

namespace server::core {

namespace {

// From the answer to the media stream's start: the phone network connects within a second or two.
constexpr std::chrono::seconds kTokenLifetime{120};
// The bridge ends a call at its limit and says so; the phone network only if that should fail.
constexpr std::chrono::seconds kNetworkMargin{5};
// The iOS app asks again at once, whatever the first answer was.
constexpr std::chrono::seconds kRepeatWindow{10};

} // namespace

CallService::CallService(Ports ports, CallSettings settings)
    : m_ports(std::move(ports)), m_settings(std::move(settings))
{
}

base::Result<Call> CallService::required(base::Result<std::optional<Call>> found)
{
    if (!found)
        return failed(found);
    if (!*found)
        return base::fail(base::Fault::NotFound, QStringLiteral("Call not found"));
    return std::move(**found);
}

base::Result<Call> CallService::place(const CallOrder &order)
{
    const auto number = PhoneNumber::parse(order.phoneNumber);
    if (!number)
        return failed(number);
    if (order.isFromApp) {
        auto earlier = repeated(order, *number);
        if (!earlier)
            return failed(earlier);
        if (*earlier)
            return std::move(**earlier);
    }
    const auto from = fromNumberFor(order);
    if (!from)
        return failed(from);
    const auto scenario = scenarioFor(order.owner, order.scenario);
    if (!scenario)
        return failed(scenario);
    auto draftedCall =
        draft(*scenario, CallDirection::Outbound, order.owner, order.accountName, number->e164());
    if (!draftedCall)
        return draftedCall;
    Call drafted = std::move(*draftedCall);
    drafted.account = order.account;
    drafted.phoneNumber = number->e164();
    drafted.ownNumber = *from;
    drafted.scheduleId = order.scheduleId;

    // The row first, the phone second: a dialled call without a row could never be accounted for.
    auto call = m_ports.reserver.reserve(drafted);
    if (!call)
        return call;
    return dial(std::move(*call), order.machineDetection.value_or(m_settings.machineDetection),
                order.dialUntil);
}

base::Result<std::optional<Call>> CallService::repeated(const CallOrder &order,
                                                        const PhoneNumber &number) const
{
    auto earlier = m_ports.calls.underWay(order.owner, number.e164(), order.scenario,
                                          m_ports.now().addSecs(-kRepeatWindow.count()));
    if (earlier && *earlier && (*earlier)->callSid.isEmpty())
        return base::fail(base::Fault::Conflict,
                          QStringLiteral("This call is already being placed"));
    return earlier;
}

DialOrder CallService::dialOrderFor(const Call &call, MachineDetection detection) const
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
    DialOrder order;
    order.to = call.phoneNumber;
    order.from = call.ownNumber;
    order.answerUrl = text(answer);
    QUrl status = at(QStringLiteral("/twilio-callback"));
    // A call that was dialled by a server which died before it heard the answer names itself.
    QUrlQuery which;
    which.addQueryItem(QStringLiteral("call"), QString::number(call.id.value));
    status.setQuery(which);
    order.statusUrl = text(status);
    if (m_settings.isRecordedByNetwork && call.brief.isRecorded)
        order.recordingUrl = text(at(QStringLiteral("/recording-callback")));
    order.timeLimit = call.durationLimit + kNetworkMargin;
    order.machineDetection = detection;
    if (detection != MachineDetection::Off)
        order.machineUrl = text(at(QStringLiteral("/amd-callback")));
    return order;
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
    if (const auto named = reportSid(id, callSid); !named)
        return failed(named);
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
    const auto owner = ownerOf(to, scenario);
    if (!owner)
        return failed(owner);
    const auto found = scenarioFor(*owner, scenario);
    if (!found)
        return failed(found);
    auto drafted = draft(*found, CallDirection::Inbound, *owner, {}, from);
    if (!drafted)
        return failed(drafted);
    const auto caller = PhoneNumber::parse(from);
    drafted->phoneNumber =
        caller ? caller->e164() : QStringLiteral("unknown"); // callers may hide their number
    drafted->ownNumber = to;
    drafted->callSid = callSid;
    drafted->status = CallStatus::InProgress;
    const auto added = m_ports.calls.add(*drafted);
    if (!added)
        return failed(added);
    auto call = required(m_ports.calls.byId(added->id)); // with its owner's account
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
    auto drafted = draft(*found, CallDirection::Inbound, {}, {}, {});
    if (!drafted)
        return drafted;
    drafted->phoneNumber = QStringLiteral("unknown");
    drafted->status = CallStatus::InProgress;
    auto call = m_ports.calls.add(*drafted);
    if (call)
        call->callSid =
            callSid; // an open stream may say any sid, the same one twice too: it is not stored
    return call;
}

base::Result<Call> CallService::ownCall(base::UserId owner, base::CallId id)
{
    auto call = required(m_ports.calls.byId(id));
    if (call && call->owner != owner)
        return base::fail(base::Fault::NotFound, QStringLiteral("Call not found"));
    return call;
}

} // namespace server::core
