// Answers to requests that carried an Idempotency-Key, in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/calls/idempotency_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlIdempotencyStore final : public core::IdempotencyStore
{
public:
    explicit SqlIdempotencyStore(Database &database) : m_database(database) {}

    base::Result<std::optional<Entry>> claim(base::UserId user, const QString &route,
                                             const QString &key, const QByteArray &requestHash,
                                             const QDateTime &now) override;
    base::Result<void> settle(base::UserId user, const QString &route, const QString &key,
                              int status, const QByteArray &body) override;
    base::Result<void> abandon(base::UserId user, const QString &route,
                               const QString &key) override;

private:
    Database &m_database;
};

} // namespace server::store
