// Onboarding, with an account and before, in SQL.
#pragma once

#include "server/core/onboarding/onboarding_ports.h"

namespace server::store {

class Database;

/// Any thread; every call blocks. The database must outlive it.
class SqlOnboardingStore final : public core::OnboardingStore, public core::OnboardingFactSource
{
public:
    explicit SqlOnboardingStore(Database &database) : m_database(database) {}

    base::Result<core::OnboardingRecord> find(base::UserId user) override;
    base::Result<core::OnboardingRecord>
    change(base::UserId user, const std::function<void(core::OnboardingRecord &)> &change) override;
    base::Result<> saveProfile(base::UserId user, const core::Profile &profile,
                               const QDateTime &at) override;
    base::Result<core::Profile> profileOf(base::UserId user) override;
    base::Result<std::vector<core::ConnectedProvider>> providersOf(base::UserId user) override;

    /// From the tables that keep them.
    base::Result<core::OnboardingFacts> factsOf(base::UserId user) override;

private:
    Database &m_database;
};

/// Any thread; every call blocks. The database must outlive it. Changes and links of one session
/// wait for each other on its row.
class SqlAnonymousSessionStore final : public core::AnonymousSessionStore
{
public:
    explicit SqlAnonymousSessionStore(Database &database) : m_database(database) {}

    base::Result<> add(const QByteArray &idHash, const core::AnonymousSession &session) override;
    base::Result<std::optional<core::AnonymousSession>> find(const QByteArray &idHash) override;
    base::Result<std::optional<core::AnonymousSession>>
    change(const QByteArray &idHash,
           const std::function<base::Result<>(core::AnonymousSession &)> &change) override;
    base::Result<std::optional<core::AnonymousSession>>
    link(const QByteArray &idHash, base::UserId user, const QDateTime &now) override;
    base::Result<int> removeExpired(const QDateTime &now) override;

private:
    Database &m_database;
};

} // namespace server::store
