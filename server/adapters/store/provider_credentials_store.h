// Users' own accounts at the phone network in the database.
#pragma once

#include "server/adapters/store/sql.h"
#include "server/core/numbers/phone_account.h"
#include "server/core/secrets/secret_box.h"

namespace server::store {

class Database;

/// Tokens are sealed before they get here and opened where they are used. Thread-safe. The database
/// must outlive it.
class SqlProviderCredentialsStore final : public core::PhoneAccounts, public core::OwnAccountStore
{
public:
    /// Without a `box` nothing can be kept: connect() says so, and everything is the service's.
    SqlProviderCredentialsStore(Database &database, core::PhoneAccount service,
                                std::optional<core::SecretBox> box)
        : m_database(database), m_service(std::move(service)), m_box(std::move(box))
    {
    }

    const core::PhoneAccount &service() const override { return m_service; }
    base::Result<core::PhoneAccount> ofUser(base::UserId user) override;
    base::Result<core::PhoneAccount> ofNumber(const QString &e164) override;
    base::Result<core::PhoneAccount> ofCall(const QString &callSid) override;
    base::Result<std::optional<core::PhoneAccount>> find(base::UserId user,
                                                         const QString &accountSid) override;
    base::Result<std::vector<base::Secret>> signersOf(const core::SignedFacts &facts) override;
    base::Result<std::vector<base::Secret>> streamSigners(const QDateTime &now) override;

    base::Result<> connect(const core::OwnAccount &account, const base::Secret &token,
                           const std::optional<core::OwnedNumber> &number) override;
    base::Result<std::optional<core::OwnAccount>> ownAccount(base::UserId user) override;
    base::Result<bool> disconnect(base::UserId user) override;

private:
    base::Result<base::Secret> open(const QString &sealed) const;
    base::Result<core::PhoneAccount> accountOf(const base::Result<Rows> &rows) const;
    base::Result<std::vector<base::Secret>> tokensOf(const base::Result<Rows> &rows) const;

    Database &m_database;
    const core::PhoneAccount m_service;
    const std::optional<core::SecretBox> m_box;
};

} // namespace server::store
