// How users want their calls' agent to take turns, in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/scenarios/vad_preferences.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlVadPreferences final : public core::VadPreferences
{
public:
    explicit SqlVadPreferences(Database &database) : m_database(database) {}

    base::Result<std::optional<core::TurnDetection>> find(base::UserId user) override;
    base::Result<> set(base::UserId user, const core::TurnDetection &detection,
                       const QDateTime &now) override;

private:
    Database &m_database;
};

} // namespace server::store
