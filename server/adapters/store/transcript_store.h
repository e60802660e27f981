// Transcripts in the database.
#pragma once

#include "server/adapters/store/database.h"
#include "server/core/transcripts/transcript_ports.h"

namespace server::store {

/// Thread-safe. The database must outlive it. The live session's transcripts are written by
/// SqlCallStore, in the step that stores a call's end.
class SqlTranscriptStore final : public core::TranscriptStore
{
public:
    explicit SqlTranscriptStore(Database &database) : m_database(database) {}

    base::Result<std::vector<core::Transcript>>
    ofOwner(base::UserId owner, const core::TranscriptQuery &query) override;
    base::Result<std::optional<core::Transcript>> find(base::UserId owner,
                                                       const QString &sid) override;
    base::Result<bool> hasVendor(const QString &vendorSid) override;
    base::Result<QStringList> vendorSids(base::UserId owner) override;
    base::Result<std::optional<core::TranscriptCall>> callOf(const QString &customerKey,
                                                             const QString &recordingSid) override;
    base::Result<std::vector<core::TranscriptCall>> untranscribed(base::UserId owner,
                                                                  int limit) override;
    base::Result<bool> store(base::CallId call, const QString &vendorSid,
                             const QString &languageCode, const QList<core::Sentence> &sentences,
                             const QDateTime &now) override;

private:
    Database &m_database;
};

} // namespace server::store
