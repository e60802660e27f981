// What scheduled calls need from the world outside the core.
#pragma once

#include "server/core/calls/call.h"
#include "shared/base/result.h"

#include <vector>

namespace server::core {

enum class ScheduleStatus {
    Scheduled, ///< waits for its time
    Placing,   ///< a server has claimed it
    Placed,    ///< its call exists
    Missed,    ///< nobody could place it in time
    Failed,    ///< it was refused; the note says why
    Cancelled
};

QString toText(ScheduleStatus status);
std::optional<ScheduleStatus> scheduleStatusFromText(const QString &text);

struct ScheduledCall
{
    qint64 id = 0;
    base::UserId owner;
    QString phoneNumber; ///< E.164
    QString scenario;
    QDateTime dueAt;
    ScheduleStatus status = ScheduleStatus::Scheduled;
    QString note;
    base::CallId call; ///< its call, from the moment it is reserved
    int attempts = 0;  ///< how often it was claimed to be placed
    QDateTime createdAt;
    // Of the owner, as they are when the call is due:
    QString account;
    QString accountName;
};

/// Scheduled calls. Thread-safe; blocks. Any number of servers may share them.
class ScheduleStore
{
public:
    virtual ~ScheduleStore() = default;

    virtual base::Result<ScheduledCall> add(const ScheduledCall &call) = 0;
    /// Of one owner, by due time.
    virtual base::Result<std::vector<ScheduledCall>> ofOwner(base::UserId owner, int limit,
                                                             int offset) = 0;
    /// True when it was still waiting and is cancelled now.
    virtual base::Result<bool> cancel(base::UserId owner, qint64 id) = 0;

    /// Takes up to `limit` calls whose time has come for the caller alone, and counts the attempt;
    /// also those that somebody claimed before `staleBefore` and never settled.
    virtual base::Result<std::vector<ScheduledCall>>
    claimDue(const QDateTime &now, const QDateTime &staleBefore, int limit) = 0;
    /// The end of a claim. `call` may be none.
    virtual base::Result<> settle(qint64 id, ScheduleStatus status, base::CallId call,
                                  const QString &note) = 0;
    /// The other end of a claim: to be tried again, with so many attempts behind it. Its failed
    /// call, if there is one, is no longer its call.
    virtual base::Result<> postpone(const ScheduledCall &call, const QDateTime &until,
                                    const QString &note) = 0;
};

} // namespace server::core
