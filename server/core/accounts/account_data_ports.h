// What handing out and deleting somebody's data needs from outside.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QDateTime>
#include <QJsonValue>
#include <QString>
#include <QStringList>

#include <functional>

namespace server::core {

/// One part of the export of a user's data. Each room that keeps something of users adds its own.
struct ExportSource
{
    QString key; ///< the member of the exported document, such as "calls"
    /// Everything kept of that user, without secrets. Any thread; may block.
    std::function<base::Result<QJsonValue>(base::UserId)> read;
};

/// Deletes what is kept of a user. Any thread; every call blocks.
class AccountRemover
{
public:
    virtual ~AccountRemover() = default;

    /// Deletes the user with all that hangs on them and their calls, in one step. The recordings of
    /// these calls are noted as to be deleted in the same step. Fault::NotFound when there is no
    /// such user; Fault::Conflict while a call of theirs is under way, or a subscription would be
    /// charged on.
    virtual base::Result<> removeAccount(base::UserId user, const QDateTime &now) = 0;

    /// Recordings, relative to their folder, that lost their owner and may still lie on a disk.
    virtual base::Result<QStringList> orphanedRecordings() = 0;
    /// Forgets those that are deleted, and all noted before `before`: whatever node had them has
    /// had its time.
    virtual base::Result<> forgetRecordings(const QStringList &deleted,
                                            const QDateTime &before) = 0;
};

} // namespace server::core
