// What password and data services need beside the account store, in memory.
#pragma once

#include "server/core/accounts/account_data_ports.h"
#include "server/core/accounts/mail_ports.h"
#include "server/core/accounts/password_ports.h"
#include "tests/server/core/accounts/fake_account_store.h"

namespace tests {

/// Works on the accounts and tokens of a FakeAccountStore.
class FakePasswordStore final : public server::core::PasswordStore
{
public:
    explicit FakePasswordStore(FakeAccountStore &accounts) : m_accounts(accounts) {}

    std::vector<server::core::PasswordReset> resets;

    base::Result<bool> changePassword(base::UserId user, const QByteArray &oldHash,
                                      const QByteArray &newHash, const QString &keptFamily,
                                      const QDateTime &at) override
    {
        server::core::Account &account = m_accounts.account(user);
        if (account.passwordHash != oldHash)
            return false;
        account.passwordHash = newHash;
        account.tokensValidFrom = at;
        for (auto &token : m_accounts.tokens) {
            if (token.user == user && token.family != keptFamily)
                token.revokedAt = at;
        }
        std::erase_if(resets, [user](const auto &reset) { return reset.user == user; });
        return true;
    }

    base::Result<bool> addReset(const server::core::PasswordReset &reset,
                                const QDateTime &notSince) override
    {
        for (const auto &other : resets) {
            if (other.user == reset.user && other.createdAt > notSince)
                return false;
        }
        resets.push_back(reset);
        return true;
    }

    base::Result<bool> hasReset(const QByteArray &hash, const QDateTime &now) override
    {
        return find(hash, now) != nullptr;
    }

    base::Result<bool> useReset(const QByteArray &hash, const QByteArray &newHash,
                                const QDateTime &now) override
    {
        const auto *reset = find(hash, now);
        if (!reset)
            return false;
        const base::UserId user = reset->user;
        return changePassword(user, m_accounts.account(user).passwordHash, newHash, {}, now);
    }

private:
    const server::core::PasswordReset *find(const QByteArray &hash, const QDateTime &now) const
    {
        for (const auto &reset : resets) {
            if (reset.hash == hash && now < reset.expiresAt)
                return &reset;
        }
        return nullptr;
    }

    FakeAccountStore &m_accounts;
};

class FakeMailer final : public server::core::Mailer
{
public:
    std::vector<server::core::Mail> mails;

    base::Result<> send(const server::core::Mail &mail) override
    {
        mails.push_back(mail);
        return {};
    }
};

class FakeRemover final : public server::core::AccountRemover
{
public:
    std::vector<base::UserId> removed;
    QStringList orphans;
    QStringList forgotten;
    QDateTime forgottenBefore;
    bool isCallUnderWay = false;

    base::Result<> removeAccount(base::UserId user, const QDateTime &) override
    {
        if (isCallUnderWay)
            return base::fail(base::Fault::Conflict, QStringLiteral("A call is under way."));
        removed.push_back(user);
        return {};
    }
    base::Result<QStringList> orphanedRecordings() override { return orphans; }
    base::Result<> forgetRecordings(const QStringList &deleted, const QDateTime &before) override
    {
        forgotten = deleted;
        forgottenBefore = before;
        return {};
    }
};

} // namespace tests
