// Onboarding in memory.
#pragma once

#include "server/core/onboarding/onboarding_ports.h"

#include <map>

namespace tests {

/// One thread only. Users are those in `records`.
class FakeOnboardingStore final : public server::core::OnboardingStore,
                                  public server::core::OnboardingFactSource
{
public:
    base::Result<server::core::OnboardingRecord> find(base::UserId user) override
    {
        auto found = records.find(user.value);
        if (found == records.end())
            return base::fail(base::Fault::NotFound, QStringLiteral("User not found"));
        return found->second;
    }
    base::Result<server::core::OnboardingRecord>
    change(base::UserId user,
           const std::function<void(server::core::OnboardingRecord &)> &change) override
    {
        auto found = find(user);
        if (!found)
            return found;
        ++changes;
        change(records[user.value]);
        return records[user.value];
    }
    base::Result<> saveProfile(base::UserId user, const server::core::Profile &profile,
                               const QDateTime &) override
    {
        profiles[user.value] = profile;
        return {};
    }
    base::Result<server::core::Profile> profileOf(base::UserId user) override
    {
        return profiles[user.value];
    }
    base::Result<std::vector<server::core::ConnectedProvider>> providersOf(base::UserId) override
    {
        return std::vector<server::core::ConnectedProvider>();
    }
    base::Result<server::core::OnboardingFacts> factsOf(base::UserId) override { return facts; }

    std::map<qint64, server::core::OnboardingRecord> records;
    std::map<qint64, server::core::Profile> profiles;
    server::core::OnboardingFacts facts;
    int changes = 0;
};

/// One thread only.
class FakeSessionStore final : public server::core::AnonymousSessionStore
{
public:
    using Session = server::core::AnonymousSession;

    base::Result<> add(const QByteArray &idHash, const Session &session) override
    {
        sessions[idHash] = session;
        return {};
    }
    base::Result<std::optional<Session>> find(const QByteArray &idHash) override
    {
        const auto found = sessions.find(idHash);
        return found == sessions.end() ? std::nullopt : std::optional(found->second);
    }
    base::Result<std::optional<Session>>
    change(const QByteArray &idHash,
           const std::function<base::Result<>(Session &)> &change) override
    {
        auto session = *find(idHash);
        if (!session)
            return std::nullopt;
        if (const auto changed = change(*session); !changed)
            return base::failed(changed);
        sessions[idHash] = *session;
        return session;
    }
    base::Result<std::optional<Session>> link(const QByteArray &idHash, base::UserId user,
                                              const QDateTime &now) override
    {
        const auto session = *find(idHash);
        if (!session || !session->isUsable(now) || !session->isRegistrable())
            return std::nullopt;
        sessions[idHash].user = user;
        return sessions[idHash];
    }
    base::Result<int> removeExpired(const QDateTime &) override { return 0; }

    std::map<QByteArray, Session> sessions;
};

} // namespace tests
