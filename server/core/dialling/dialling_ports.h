// What the rules of dialling need to remember.
#pragma once

#include "server/core/accounts/account_ports.h"
#include "server/core/dialling/calling_rules.h"
#include "server/core/dialling/opt_out.h"
#include "shared/base/result.h"

#include <vector>

namespace server::core {

/// What happened to a number so far.
struct TargetHistory
{
    bool hasOptedOut = false;
    int ownDay = 0;  ///< calls of the account that asks, in the last 24 hours
    int ownWeek = 0; ///< in the last 7 days
    int allDay = 0;  ///< of all accounts, in the last 24 hours
};

/// Rules of accounts, and what was dialled. Thread-safe; blocks.
class DiallingStore
{
public:
    virtual ~DiallingStore() = default;

    /// The account's own, or those of an account that has set none.
    virtual base::Result<CallingRules> rulesOf(base::UserId owner) = 0;
    virtual base::Result<> setRules(const CallingRules &rules, const QDateTime &now) = 0;

    /// Within a transaction the number belongs to its caller until that ends: whoever else asks for
    /// its history, or writes down that it opts out, waits. A call whose phone cannot have rung
    /// does not count.
    virtual base::Result<TargetHistory> history(base::UserId owner, const QString &phoneNumber,
                                                const QDateTime &now) = 0;
};

/// Numbers that are not to be dialled. Thread-safe; blocks.
class OptOutStore
{
public:
    virtual ~OptOutStore() = default;

    /// False when the number had opted out before, which stands. `entry` is recorded in the same
    /// step, where there is one: with the opt-out's id as its subject, and only if it is new.
    virtual base::Result<bool> add(const OptOut &optOut,
                                   const std::optional<AuditEntry> &entry) = 0;
    virtual base::Result<std::optional<OptOut>> find(const QString &phoneNumber) = 0;
    /// Newest first; `digits` stand somewhere in the number.
    virtual base::Result<std::vector<OptOut>> search(const QString &digits, int limit,
                                                     int offset) = 0;
    /// False when the number had not opted out.
    virtual base::Result<bool> remove(const QString &phoneNumber, const AuditEntry &entry) = 0;
};

} // namespace server::core
