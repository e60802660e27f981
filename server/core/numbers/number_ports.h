// Who has which telephone number.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QDateTime>
#include <QString>

#include <optional>
#include <vector>

namespace server::core {

/// A number that the phone network has given to one of our users.
struct OwnedNumber
{
    qint64 id = 0;
    base::UserId owner; ///< none: the account it belonged to was deleted
    QString e164;
    QString sid; ///< the phone network's id of it, "PN..."
    QString friendlyName;
    QDateTime provisionedAt;
    bool isActive = true;
    bool hasVoice = true;
    bool hasSms = true;
    QString accountSid; ///< the account at the phone network that it is in
};

/// What calls need to know of numbers. Thread-safe; blocks.
class NumberDirectory
{
public:
    virtual ~NumberDirectory() = default;
    /// The user whose active number this is.
    virtual base::Result<std::optional<OwnedNumber>> findActive(const QString &e164) = 0;
    /// The user's first active number that can speak: the one they named for their own account,
    /// else the oldest in the account they use, else the oldest.
    virtual base::Result<std::optional<OwnedNumber>> primaryOf(base::UserId user) = 0;
};

/// A purchase under way. The number that is bought carries the marker as its name, so that it can
/// be found when nobody lives to record it.
struct NumberPurchase
{
    QString marker;
    base::UserId user; ///< none: the account was deleted meanwhile
    QString accountSid;
    QDateTime begunAt;
};

/// Numbers and purchases. Thread-safe; blocks. Any number of servers may share it.
class NumberStore : public NumberDirectory
{
public:
    /// Active ones, oldest first.
    virtual base::Result<std::vector<OwnedNumber>> ofOwner(base::UserId owner) = 0;

    /// Notes what is about to be bought. Fault::LimitReached when the user's active numbers and the
    /// purchases begun since `aliveSince` are `limit` already: counted in one step, so that of any
    /// number of requests at once no more than the limit pass.
    virtual base::Result<> beginPurchase(const NumberPurchase &purchase, int limit,
                                         const QDateTime &aliveSince) = 0;
    /// Makes the number the user's and ends the purchase in one step; a number that was released
    /// once is active again. Fault::Conflict when the purchase is over or given up, the user gone,
    /// or the number somebody's.
    virtual base::Result<OwnedNumber> completePurchase(const QString &marker,
                                                       const OwnedNumber &number) = 0;
    /// Nothing was bought, or it was released again.
    virtual base::Result<> endPurchase(const QString &marker) = 0;
    /// Purchases begun before that time, given up from now on: none of them can be completed.
    virtual base::Result<std::vector<NumberPurchase>> giveUpPurchases(const QDateTime &before) = 0;

    /// True when it was the user's active number and is not any more.
    virtual base::Result<bool> deactivate(base::UserId owner, const QString &e164) = 0;

    /// Numbers of deleted accounts.
    virtual base::Result<std::vector<OwnedNumber>> orphans() = 0;
    virtual base::Result<> forget(qint64 id) = 0;
};

} // namespace server::core
