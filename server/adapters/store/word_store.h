// Deleting what was said, in SQL.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/transcripts/transcript_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it. Recordings are noted in orphaned_recordings and the
/// phone network's copies in transcript_jobs, each in the transaction that deletes the words.
class SqlWordStore final : public core::WordStore
{
public:
    explicit SqlWordStore(Database &database) : m_database(database) {}

    base::Result<bool> erase(base::UserId owner, const QString &transcriptSid,
                             const QDateTime &now) override;
    base::Result<std::vector<base::UserId>> owners(const QDateTime &endedBefore) override;
    base::Result<int> eraseOlder(base::UserId owner, const QDateTime &endedBefore,
                                 const QDateTime &now, int limit) override;
    base::Result<int> eraseLatecomers(const QDateTime &now) override;
    /// SQLite: empties the write-ahead log into the file, where deleted rows are zeroes
    /// (connection.cpp turns that on). While somebody reads an older state it does nothing; there
    /// is a next time.
    base::Result<> scrub() override;

private:
    Database &m_database;
};

} // namespace server::store
