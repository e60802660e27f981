// What the rules of calls need from outside. Implemented by adapters, connected by wiring.
#pragma once

#include "server/core/calls/call.h"
#include "shared/base/result.h"
#include "shared/protocol/call.h"

#include <optional>
#include <vector>

namespace server::core {

/// Says whether a call may be placed, and counts it. Thread-safe; blocks.
class CallReserver
{
public:
    virtual ~CallReserver() = default;
    /// Adds the call's row and what it takes from its owner's plan in one step; returns the row
    /// with its id and the duration that the plan allows. Fault::PaymentRequired with the gate's
    /// word in `cause` when the plan does not allow it; Fault::Conflict when its schedule has had a
    /// call already.
    virtual base::Result<Call> reserve(const Call &call) const = 0;
};

/// How a call ended, as the bridge saw it.
struct CallEnding
{
    base::CallId id;
    QString reason;
    QDateTime answeredAt;
    QDateTime endedAt;
    protocol::CallDetail detail;
    QString recordingFile;
};

/// Where calls are kept. Thread-safe; every method blocks until the database has answered.
class CallStore
{
public:
    virtual ~CallStore() = default;

    /// Adds a row and returns it with its id. Fault::Conflict for a call sid that is there already.
    virtual base::Result<Call> add(const Call &call) = 0;
    virtual base::Result<void> setSid(base::CallId id, const QString &callSid,
                                      CallStatus status) = 0;
    /// Of a call whose sid we have not heard yet; false when it has one.
    virtual base::Result<bool> adoptSid(base::CallId id, const QString &callSid) = 0;
    virtual base::Result<std::optional<Call>> byId(base::CallId id) = 0;
    virtual base::Result<std::optional<Call>> bySid(const QString &callSid) = 0;
    /// Newest first.
    virtual base::Result<std::vector<Call>> ofOwner(base::UserId owner, int limit, int offset) = 0;
    /// The newest outgoing call of that owner to that number in that scenario which was made since
    /// then and is not over.
    virtual base::Result<std::optional<Call>> underWay(base::UserId owner,
                                                       const QString &phoneNumber,
                                                       const QString &scenario,
                                                       const QDateTime &since) = 0;

    /// Replaces the call's media token; the earlier one is worth nothing any more.
    virtual base::Result<void> setMediaToken(base::CallId id, const QByteArray &tokenHash,
                                             const QDateTime &expiresAt) = 0;
    /// The call of a media token, and the token is spent; nothing when it is unknown, spent or too
    /// old. Atomic.
    virtual base::Result<std::optional<Call>> redeemMediaToken(const QByteArray &tokenHash,
                                                               const QDateTime &now) = 0;

    /// Stores a status unless the call has reached a final one; true when the row changed.
    virtual base::Result<bool> setStatus(base::CallId id, CallStatus status, const QDateTime &at,
                                         std::optional<int> durationSeconds,
                                         const QString &endReason) = 0;
    /// Writes down why an open call is about to end, unless that stands already. From then on its
    /// media token opens nothing, and no later word changes the reason.
    virtual base::Result<void> setEndReason(base::CallId id, const QString &endReason) = 0;
    virtual base::Result<void> setAnsweredBy(base::CallId id, const QString &answeredBy) = 0;
    virtual base::Result<void> setRecordingSid(base::CallId id, const QString &recordingSid) = 0;
    /// Row and details in one transaction.
    virtual base::Result<void> storeEnding(const CallEnding &ending) = 0;
    virtual base::Result<std::optional<protocol::CallDetail>> detail(base::CallId id) = 0;

    /// Closes calls that no running server can still have; returns how many.
    virtual base::Result<int> closeAbandoned(const QDateTime &createdBefore,
                                             const QDateTime &now) = 0;
};

struct DialOrder
{
    QString to;        ///< E.164
    QString from;      ///< E.164
    QString answerUrl; ///< fetched when the call is answered
    QString statusUrl; ///< told of each change of status
    QString
        recordingUrl; ///< told when a recording is ready; empty: no recording at the phone network
    std::chrono::seconds timeLimit{0};
    MachineDetection machineDetection = MachineDetection::Off;
    QString machineUrl; ///< told who has answered; empty without detection
};

struct DialledCall
{
    QString callSid;
    CallStatus status = CallStatus::Queued;
};

/// The phone network's call control. Thread-safe; blocks until it has answered.
class Telephony
{
public:
    virtual ~Telephony() = default;
    /// Fault::Invalid with the network's own words when it refuses the order; Fault::Timeout when
    /// it may have taken it, though its answer never came.
    virtual base::Result<DialledCall> dial(const DialOrder &order) = 0;
    /// The calls that it has dialled from one number to another since then, newest first.
    virtual base::Result<std::vector<DialledCall>> dialled(const QString &from, const QString &to,
                                                           const QDateTime &since) = 0;
};

/// Those who want to know what happens to calls before and beside the conversation. Must return at
/// once.
class CallEvents
{
public:
    virtual ~CallEvents() = default;
    /// Dialled, or an incoming call was answered: a conversation will follow.
    virtual void expected(const Call &call) = 0;
    /// Its status has changed.
    virtual void statusChanged(const Call &call) = 0;
    /// The phone network has a whole recording of it.
    virtual void recordingReady(const Call &, const QString &) {}
    /// A machine has answered, and nobody wants to talk to it: the call is to be ended.
    virtual void machineAnswered(const Call &call) = 0;
};

} // namespace server::core
