// Places calls, answers the phone network's questions about them, and keeps their rows true.
#pragma once

#include "server/core/calls/call_ports.h"
#include "server/core/scenarios/custom_scenario.h"
#include "server/core/scenarios/scenario_catalogue.h"
#include "shared/base/clock.h"

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
};

struct CallSettings
{
    QUrl publicUrl;    ///< where the phone network reaches us, without a trailing slash
    QString ownNumber; ///< the service's number, E.164; empty: no call can be placed
    std::chrono::seconds durationLimit{3600};
    bool isRecordedByNetwork = true;
};

/// What the phone network is told to connect a call to.
struct MediaTicket
{
    Call call;
    QString token; ///< one-time, for the stream's parameters
};

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
        base::Clock now;
    };

    CallService(Ports ports, CallSettings settings);

    /// Reserves the call, then dials. A call that the phone network refuses keeps its row with
    /// status failed, and its count is given back. Fault::PaymentRequired as CallReserver says.
    base::Result<Call> place(const CallOrder &order);

    /// The phone network asks what to do with an answered outgoing call. `id` is from our own
    /// signed URL; an id of 0 looks the call up by its sid.
    base::Result<MediaTicket> answerOutgoing(base::CallId id, const QString &callSid);
    /// The same for an incoming one, which gets its row here; asking twice is harmless.
    base::Result<MediaTicket> answerIncoming(const QString &callSid, const QString &from,
                                             const QString &to, const QString &scenario);

    /// The call of a media stream. Fault::Forbidden for a token that is not good.
    base::Result<Call> redeem(const QString &token, const QString &callSid);
    /// A call nobody ordered, for a media stream on an open development server.
    base::Result<Call> improvise(const QString &scenario, const QString &callSid);

    /// A status callback. Unknown calls are Fault::NotFound; late and repeated news change nothing.
    base::Result<void> reportStatus(const QString &callSid, CallStatus status,
                                    std::optional<int> durationSeconds);
    base::Result<void> reportRecording(const QString &callSid, const QString &recordingSid);
    base::Result<void> reportEnding(const CallEnding &ending);

    /// Fault::Invalid "Invalid scenario" unless it is a built-in one or `owner`'s own.
    base::Result<> checkScenario(base::UserId owner, const QString &scenario) const;

    /// Fault::NotFound unless the call is there and `owner`'s own.
    base::Result<Call> ownCall(base::UserId owner, base::CallId id);

private:
    base::Result<Scenario> scenarioFor(base::UserId owner, const QString &id) const;
    Call draft(const Scenario &scenario, CallDirection direction, const QString &personName) const;
    base::Result<MediaTicket> issueTicket(Call call);
    DialOrder dialOrderFor(const Call &call) const;

    Ports m_ports;
    CallSettings m_settings;
};

} // namespace server::core
