// Places calls, answers the phone network's questions about them, and keeps their rows true.
#pragma once

#include "server/core/calendar/calendar_briefing.h"
#include "server/core/calls/call_order.h"
#include "server/core/calls/call_ports.h"
#include "server/core/dialling/dialling_rules.h"
#include "server/core/numbers/number_ports.h"
#include "server/core/numbers/phone_number.h"
#include "server/core/scenarios/custom_scenario.h"
#include "server/core/scenarios/scenario_catalogue.h"
#include "server/core/scenarios/vad_preferences.h"
#include "shared/base/clock.h"

namespace server::core {

/// Whether and how a call happens is decided here and nowhere else.
/// Thread-safe; blocks on its ports, so it runs on worker pools. Every port must outlive it.
class CallService final
{
public:
    struct Ports
    {
        CallStore &calls;
        const CallReserver &reserver;
        Telephony &telephony;
        CallEvents &events;
        const ScenarioCatalogue &scenarios;
        CustomScenarioStore &customScenarios;
        CalendarBriefings &briefings;
        NumberDirectory &numbers;
        VadPreferences &vadPreferences;
        const DiallingRules &rules;
        base::Clock now;
    };

    CallService(Ports ports, CallSettings settings);

    /// Reserves the call, then dials. A call that the phone network refuses keeps its row with
    /// status failed, and its count is given back. Fault::PaymentRequired as CallReserver says;
    /// Fault::NotFound "Google Calendar not connected" for a calendar call.
    /// The agent of a user's own scenario, and of a calendar call, may book in the user's calendar.
    /// A number that is not to be called (now) is refused as DiallingRules says.
    /// A scheduled call of which nobody knows whether the phone network took it keeps its open row:
    /// Fault::Timeout, and resume() finds out later.
    base::Result<Call> place(const CallOrder &order);

    /// The call of a schedule whose server was lost, or had no answer: it is dialled now, unless
    /// the phone network knows it already. Fault::NotFound: it never rang and never will;
    /// Fault::Timeout: not before `until`, or nobody knows yet.
    base::Result<Call> resume(base::CallId id, const QDateTime &until);
    /// It is not dialled any more; its count is given back.
    base::Result<void> abandon(base::CallId id, const QString &reason);

    /// The phone network asks what to do with an answered outgoing call. `id` is from our own
    /// signed URL; an id of 0 looks the call up by its sid.
    base::Result<MediaTicket> answerOutgoing(base::CallId id, const QString &callSid);
    /// The same for an incoming one, which gets its row here; asking twice is harmless. It belongs
    /// to the user whose number was dialled, whose calendar the agent may then book in; a custom
    /// scenario behind the service's own number belongs to whoever wrote it.
    base::Result<MediaTicket> answerIncoming(const QString &callSid, const QString &from,
                                             const QString &to, const QString &scenario);

    /// The call of a media stream. Fault::Forbidden for a token that is not good.
    base::Result<Call> redeem(const QString &token, const QString &callSid);
    /// A call nobody ordered, for a media stream on an open development server.
    base::Result<Call> improvise(const QString &scenario, const QString &callSid);

    /// The phone network has named a call of ours, by our id in our own URL: this may be the first
    /// we hear of its sid. Harmless when repeated, or of no call of ours.
    base::Result<void> reportSid(base::CallId id, const QString &callSid);
    /// A status callback. Unknown calls are Fault::NotFound; late and repeated news change nothing.
    base::Result<void> reportStatus(const QString &callSid, CallStatus status,
                                    std::optional<int> durationSeconds);
    /// Of any call of our account: one that ended without us, such as one whose caller gave up
    /// before we were asked, gets a row.
    base::Result<void> reportForeign(const ForeignCall &news);
    /// Who has answered. A machine is hung up on, if the settings say so.
    base::Result<void> reportAnswerer(const QString &callSid, const QString &answeredBy);
    base::Result<void> reportRecording(const QString &callSid, const QString &recordingSid);
    base::Result<void> reportEnding(const CallEnding &ending);

    /// Fault::Invalid "Invalid scenario" unless it is a built-in one or `owner`'s own.
    base::Result<> checkScenario(base::UserId owner, const QString &scenario) const;

    /// Fault::NotFound unless the call is there and `owner`'s own.
    base::Result<Call> ownCall(base::UserId owner, base::CallId id);

private:
    base::Result<Scenario> scenarioFor(base::UserId owner, const QString &id) const;
    /// The earlier call that this order repeats.
    base::Result<std::optional<Call>> repeated(const CallOrder &order,
                                               const PhoneNumber &number) const;
    base::Result<QString> fromNumberFor(const CallOrder &order) const;
    base::Result<base::UserId> ownerOf(const QString &dialled, const QString &scenario) const;
    base::Result<std::optional<CalendarBriefing>>
    briefingFor(base::UserId owner, const Scenario &scenario, CallDirection direction) const;
    /// `otherNumber` is the other side's.
    base::Result<Call> draft(const Scenario &scenario, CallDirection direction, base::UserId owner,
                             const QString &personName, const QString &otherNumber) const;
    /// `until` is invalid but for scheduled calls, which somebody looks after later.
    base::Result<Call> dial(Call call, MachineDetection detection, const QDateTime &until);
    base::Result<MediaTicket> issueTicket(Call call);
    DialOrder dialOrderFor(const Call &call, MachineDetection detection) const;
    static base::Result<Call> required(base::Result<std::optional<Call>> found);

    Ports m_ports;
    CallSettings m_settings;
};

} // namespace server::core
