// What the phone network has to be asked about recordings and transcripts, in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/transcripts/transcript_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it.
class SqlTranscriptJobStore final : public core::TranscriptJobStore
{
public:
    explicit SqlTranscriptJobStore(Database &database) : m_database(database) {}

    base::Result<> add(const core::TranscriptJob &job, const QDateTime &dueAt) override;
    base::Result<std::vector<core::TranscriptJob>>
    claimDue(const QDateTime &now, const QDateTime &staleBefore, int limit) override;
    base::Result<> finish(qint64 id) override;
    base::Result<> postpone(qint64 id, int attempts, const QDateTime &until) override;

private:
    Database &m_database;
};

} // namespace server::store
