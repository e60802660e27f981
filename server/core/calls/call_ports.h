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
    virtual base::Result<std::optional<Call>> byId(base::CallId id) = 0;
    virtual base::Result<std::optional<Call>> bySid(const QString &callSid) = 0;
    /// Newest first.
    virtual base::Result<std::vector<Call>> ofOwner(base::UserId owner, int limit, int offset) = 0;

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
    /// Fault::Invalid with the network's own words when it refuses the order.
    virtual base::Result<DialledCall> dial(const DialOrder &order) = 0;
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
};

/// Remembers the answers to requests that carried an Idempotency-Key. Thread-safe.
class IdempotencyStore
{
public:
    virtual ~IdempotencyStore() = default;
    struct Entry
    {
        QByteArray requestHash;
        int status = 0; ///< 0: the first request is still being worked on
        QByteArray body;
    };
    /// Claims the key; when somebody has it already, what is known of that request.
    virtual base::Result<std::optional<Entry>> claim(base::UserId user, const QString &route,
                                                     const QString &key,
                                                     const QByteArray &requestHash,
                                                     const QDateTime &now) = 0;
    virtual base::Result<void> settle(base::UserId user, const QString &route, const QString &key,
                                      int status, const QByteArray &body) = 0;
    /// The request came to nothing: the key may be used again.
    virtual base::Result<void> abandon(base::UserId user, const QString &route,
                                       const QString &key) = 0;
};

} // namespace server::core
