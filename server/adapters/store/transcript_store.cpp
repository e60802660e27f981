#include "server/adapters/store/transcript_store.h"

#include "server/adapters/store/transcript_rows.h"
#include "server/core/calls/call.h"

namespace server::store {

using base::Result;

namespace {

const QString kTranscriptColumns = QStringLiteral(
    "SELECT t.id, t.transcript_sid, t.call_id, t.source, t.language_code, t.sentences, "
    "coalesce(t.vendor_sid, ''), t.created_at, t.updated_at, c.direction, c.scenario_title, "
    "coalesce(c.answered_at, c.created_at), c.duration_seconds "
    "FROM transcripts t JOIN calls c ON c.id = t.call_id WHERE c.user_id = ? ");
// A parameter that is empty asks for nothing. Words are compared as they stand: neither side has a
// pattern, so % and _ are letters like others.
const QString kFilter =
    QStringLiteral("AND (? = '' OR c.direction = ?) "
                   "AND (? = '' OR c.scenario_title = ? OR c.scenario = ?) "
                   "AND (? = '' OR c.recording_sid = ?) "
                   "AND coalesce(c.answered_at, c.created_at) BETWEEN ? AND ? ");
const QString kContains = kFilter + QStringLiteral("AND (? = '' OR strpos(t.search_text, ?) > 0) ");
const QString kContainsSqlite =
    kFilter + QStringLiteral("AND (? = '' OR instr(t.search_text, ?) > 0) ");
const QString kByRecord = QStringLiteral("ORDER BY t.created_at DESC, t.id DESC LIMIT ? OFFSET ?");
const QString kByCall = QStringLiteral(
    "ORDER BY coalesce(c.answered_at, c.created_at) DESC, t.id DESC LIMIT ? OFFSET ?");
const Sql kNewestRecords(kTranscriptColumns + kContains + kByRecord,
                         kTranscriptColumns + kContainsSqlite + kByRecord);
const Sql kNewestCalls(kTranscriptColumns + kContains + kByCall,
                       kTranscriptColumns + kContainsSqlite + kByCall);
const Sql kTranscriptFind(
    kTranscriptColumns + QStringLiteral("AND (t.transcript_sid = ? OR t.vendor_sid = ?) LIMIT 1"));
const Sql kHasVendor(QStringLiteral("SELECT 1 FROM transcripts WHERE vendor_sid = ? LIMIT 1"));
const Sql kVendorSids(QStringLiteral(
    "SELECT t.vendor_sid FROM transcripts t JOIN calls c ON c.id = t.call_id "
    "WHERE c.user_id = ? AND t.vendor_sid IS NOT NULL ORDER BY t.id DESC LIMIT 1000"));

const QString kTranscribedColumns = QStringLiteral(
    "SELECT c.id, coalesce(c.user_id, 0), c.direction, c.recording_sid FROM calls c ");
const QString kWithWords = QStringLiteral("AND c.words_deleted_at IS NULL ");
const Sql kTranscribedById(kTranscribedColumns + QStringLiteral("WHERE c.id = ? ") + kWithWords);
const Sql kCallBySid(kTranscribedColumns + QStringLiteral("WHERE c.call_sid = ? ") + kWithWords);
const Sql kCallByRecording(kTranscribedColumns
                           + QStringLiteral("WHERE c.recording_sid = ? AND c.recording_sid <> '' ")
                           + kWithWords);
const Sql kUntranscribed(
    kTranscribedColumns
    + QStringLiteral("LEFT JOIN transcripts t ON t.call_id = c.id AND t.vendor_sid IS NOT NULL "
                     "WHERE c.user_id = ? AND c.recording_sid <> '' AND t.id IS NULL ")
    + kWithWords + QStringLiteral("ORDER BY c.id DESC LIMIT ?"));
const QString kLock =
    QStringLiteral("SELECT id FROM calls WHERE id = ? AND words_deleted_at IS NULL");
const Sql kLockCall(kLock + QStringLiteral(" FOR UPDATE"), kLock);

core::CallDirection toDirection(const QString &text)
{
    return text == QLatin1String("inbound") ? core::CallDirection::Inbound
                                            : core::CallDirection::Outbound;
}

core::Transcript toTranscript(const Row &row)
{
    core::Transcript transcript;
    transcript.id = row.integer(0);
    transcript.sid = row.text(1);
    transcript.call = {row.integer(2)};
    transcript.source =
        core::transcriptSourceFromText(row.text(3)).value_or(core::TranscriptSource::Realtime);
    transcript.languageCode = row.text(4);
    transcript.sentences = sentencesFromJson(row.text(5));
    transcript.vendorSid = row.text(6);
    transcript.createdAt = row.time(7);
    transcript.updatedAt = row.time(8);
    transcript.direction = toDirection(row.text(9));
    transcript.scenarioName = row.text(10);
    transcript.callDate = row.time(11);
    transcript.durationSeconds = int(row.integer(12));
    return transcript;
}

core::TranscriptCall toTranscriptCall(const Row &row)
{
    return {{row.integer(0)}, {row.integer(1)}, toDirection(row.text(2)), row.text(3)};
}

const QDateTime kEver = QDateTime::fromSecsSinceEpoch(0, Qt::UTC);
const QDateTime kForever(QDate(9999, 12, 31), QTime(0, 0), Qt::UTC);

} // namespace

Result<std::vector<core::Transcript>>
SqlTranscriptStore::ofOwner(base::UserId owner, const core::TranscriptQuery &query)
{
    const QString direction = query.direction ? toText(*query.direction) : QString();
    const QString words = core::searchForm(query.words);
    const Sql &statement =
        query.order == core::TranscriptQuery::Order::NewestCall ? kNewestCalls : kNewestRecords;
    const auto rows = m_database.session().execute(
        statement,
        {owner.value, direction, direction, query.scenario, query.scenario, query.scenario,
         query.recordingSid, query.recordingSid, query.from.isValid() ? query.from : kEver,
         query.to.isValid() ? query.to : kForever, words, words, query.limit, query.offset});
    if (!rows)
        return base::failed(rows);
    return rows->map(toTranscript);
}

Result<std::optional<core::Transcript>> SqlTranscriptStore::find(base::UserId owner,
                                                                 const QString &sid)
{
    const auto rows = m_database.session().execute(kTranscriptFind, {owner.value, sid, sid});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toTranscript);
}

Result<bool> SqlTranscriptStore::hasVendor(const QString &vendorSid)
{
    const auto rows = m_database.session().execute(kHasVendor, {vendorSid});
    if (!rows)
        return base::failed(rows);
    return !rows->isEmpty();
}

Result<QStringList> SqlTranscriptStore::vendorSids(base::UserId owner)
{
    const auto rows = m_database.session().execute(kVendorSids, {owner.value});
    if (!rows)
        return base::failed(rows);
    QStringList sids;
    for (const Row &row : *rows)
        sids.append(row.text(0));
    return sids;
}

Result<std::optional<core::TranscriptCall>> SqlTranscriptStore::callOf(const QString &customerKey,
                                                                       const QString &recordingSid)
{
    const auto look = [this](const Sql &sql,
                             const QVariant &key) -> Result<std::optional<core::TranscriptCall>> {
        const auto rows = m_database.session().execute(sql, {key});
        if (!rows)
            return base::failed(rows);
        return rows->firstAs(toTranscriptCall);
    };
    bool isId = false;
    const qint64 id = customerKey.toLongLong(&isId);
    auto byKey = isId ? look(kTranscribedById, id) : look(kCallBySid, customerKey);
    if (!byKey)
        return byKey;
    auto byRecording = look(kCallByRecording, recordingSid);
    if (!byRecording)
        return byRecording;
    if (*byKey && *byRecording && (*byKey)->id != (*byRecording)->id)
        return std::optional<core::TranscriptCall>(); // never guess
    return *byKey ? byKey : byRecording;
}

Result<std::vector<core::TranscriptCall>> SqlTranscriptStore::untranscribed(base::UserId owner,
                                                                            int limit)
{
    const auto rows = m_database.session().execute(kUntranscribed, {owner.value, limit});
    if (!rows)
        return base::failed(rows);
    return rows->map(toTranscriptCall);
}

Result<bool> SqlTranscriptStore::store(base::CallId call, const QString &vendorSid,
                                       const QString &languageCode,
                                       const QList<core::Sentence> &sentences, const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto locked = session.execute(kLockCall, {call.value});
        if (!locked)
            return base::failed(locked);
        if (locked->isEmpty())
            return false;
        const auto written = writeTranscript(
            session, {call, core::TranscriptSource::Twilio, languageCode, vendorSid, sentences},
            now);
        if (!written)
            return base::failed(written);
        return true;
    });
}

} // namespace server::store
