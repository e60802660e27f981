// What somebody may take with them, and what goes when they go.
#pragma once

#include "server/core/accounts/account_data_ports.h"
#include "server/core/accounts/account_ports.h"
#include "server/core/accounts/password_hasher.h"
#include "shared/base/clock.h"

#include <QJsonObject>

#include <vector>

namespace server::core {

/// Export and deletion of an account. Any thread; everything blocks, and deletion may hash a
/// password and touches files, so both belong on the slow lane.
class AccountData final
{
public:
    struct Ports
    {
        AccountStore &accounts;
        AccountRemover &remover;
        const PasswordHasher &hasher;
        /// Deletes a recording, given relative to its folder; true when it was there and is gone.
        std::function<bool(const QString &)> deleteRecording;
        std::vector<ExportSource> sources; ///< beside the account and its sessions
        base::Clock now = base::utcNow;
    };

    explicit AccountData(Ports ports) : m_ports(std::move(ports)) {}

    /// Everything kept of a user as one document: "exported_at", "account", "sessions", and a
    /// member for each source. No password hash and no token stands in it.
    base::Result<QJsonObject> exportOf(base::UserId user) const;

    /// Deletes the account with its calls, transcripts and recordings, for good. `password` must be
    /// right where the account has one: Invalid "Password is incorrect", or Unprocessable when it
    /// is missing. Conflict while a call is under way.
    base::Result<> remove(base::UserId user, const std::optional<QString> &password);

    /// Deletes recordings that lost their owner and lie on this node's disk. Called after each
    /// removal, and now and then for those that a crash or another node left.
    base::Result<int> sweepRecordings();

private:
    const Ports m_ports;
};

} // namespace server::core
