#include "server/adapters/store/call_store.h"

#include "server/adapters/store/transcript_rows.h"
#include "server/adapters/store/usage_rows.h"

#include <QJsonDocument>

namespace server::store {

namespace {

const QString kCallColumns = QStringLiteral(
    "c.id, c.user_id, coalesce(u.email, ''), c.scenario, c.scenario_title, c.direction, "
    "c.phone_number, "
    "c.own_number, c.status, coalesce(c.call_sid, ''), c.brief, c.duration_limit, c.created_at, "
    "c.answered_at, "
    "c.ended_at, c.duration_seconds, c.end_reason, c.recording_file, c.recording_sid, "
    "c.answered_by");
const QString kFrom = QStringLiteral(" FROM calls c LEFT JOIN users u ON u.id = c.user_id ");

const Sql kInsert(QStringLiteral(
    "INSERT INTO calls (user_id, scenario, scenario_title, direction, phone_number, own_number, "
    "status, call_sid, "
    "brief, duration_limit, created_at, schedule_id) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"));
const Sql kSetSid(QStringLiteral("UPDATE calls SET call_sid = ?, status = CASE WHEN status = "
                                 "'initiated' THEN ? ELSE status END WHERE id = ?"));
const Sql
    kAdoptSid(QStringLiteral("UPDATE calls SET call_sid = ? WHERE id = ? AND call_sid IS NULL"));
const Sql kCallById(QStringLiteral("SELECT ") + kCallColumns + kFrom
                    + QStringLiteral("WHERE c.id = ?"));
const Sql kBySid(QStringLiteral("SELECT ") + kCallColumns + kFrom
                 + QStringLiteral("WHERE c.call_sid = ?"));
const Sql kCallOfOwner(QStringLiteral("SELECT ") + kCallColumns + kFrom
                       + QStringLiteral("WHERE c.user_id = ? ORDER BY c.id DESC LIMIT ? OFFSET ?"));
const Sql
    kUnderWay(QStringLiteral("SELECT ") + kCallColumns + kFrom
              + QStringLiteral("WHERE c.user_id = ? AND c.phone_number = ? AND c.scenario = ? "
                               "AND c.direction = 'outbound' AND c.created_at >= ? "
                               "AND c.ended_at IS NULL ORDER BY c.id DESC LIMIT 1"));
const Sql kSetToken(QStringLiteral(
    "UPDATE calls SET media_token_hash = ?, media_token_expires_at = ? WHERE id = ?"));
const Sql kCallRedeem(
    QStringLiteral("UPDATE calls SET media_token_hash = NULL, media_token_expires_at = NULL "
                   "WHERE media_token_hash = ? AND media_token_expires_at > ? AND ended_at IS NULL "
                   "AND end_reason = '' "
                   "RETURNING id"));
const Sql kMarkAnswered(QStringLiteral(
    "UPDATE calls SET status = 'in-progress', answered_at = coalesce(answered_at, ?) "
    "WHERE id = ? AND status IN ('initiated', 'queued', 'ringing', 'in-progress')"));
// News may arrive late, twice and out of order: a call only moves forward, and its end is told
// once.
const Sql kSetStatus(QStringLiteral(
    "UPDATE calls SET status = ? WHERE id = ? AND status <> ? AND ended_at IS NULL AND "
    "CASE status WHEN 'initiated' THEN 0 WHEN 'queued' THEN 1 WHEN 'ringing' THEN 2 WHEN "
    "'in-progress' THEN 3 "
    "ELSE 4 END < ?"));
const Sql kSetFinal(QStringLiteral(
    "UPDATE calls SET status = ?, ended_at = coalesce(ended_at, ?), duration_seconds = ?, "
    "end_reason = CASE WHEN end_reason = '' THEN ? ELSE end_reason END "
    "WHERE id = ? AND status IN ('initiated', 'queued', 'ringing', 'in-progress') "
    "RETURNING answered_at"));
const Sql kSetEndReason(QStringLiteral(
    "UPDATE calls SET end_reason = ? WHERE id = ? AND ended_at IS NULL AND end_reason = ''"));
const Sql kSetAnsweredBy(QStringLiteral("UPDATE calls SET answered_by = ? WHERE id = ?"));
const Sql kSetRecordingSid(QStringLiteral("UPDATE calls SET recording_sid = ? WHERE id = ?"));
const Sql kStoreEnding(
    QStringLiteral("UPDATE calls SET status = 'completed', "
                   "end_reason = CASE WHEN end_reason = '' THEN ? ELSE end_reason END, "
                   "answered_at = ?, ended_at = ?, duration_seconds = ?, "
                   "recording_file = ? WHERE id = ?"));
const Sql
    kInsertDetail(QStringLiteral("INSERT INTO call_details (call_id, detail) VALUES (?, ?) "
                                 "ON CONFLICT (call_id) DO UPDATE SET detail = excluded.detail"));
const Sql kDetail(QStringLiteral("SELECT detail FROM call_details WHERE call_id = ?"));
const Sql kCloseAbandoned(
    QStringLiteral("UPDATE calls SET status = 'failed', ended_at = ?, end_reason = 'server_lost' "
                   "WHERE ended_at IS NULL AND created_at < ? RETURNING id, answered_at"));

QString jsonText(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

core::Call toCall(const Row &row)
{
    core::Call call;
    call.id = {row.integer(0)};
    call.owner = {row.integer(1)};
    call.account = row.text(2);
    call.scenario = row.text(3);
    call.scenarioTitle = row.text(4);
    call.direction = row.text(5) == QLatin1String("inbound") ? core::CallDirection::Inbound
                                                             : core::CallDirection::Outbound;
    call.phoneNumber = row.text(6);
    call.ownNumber = row.text(7);
    call.status = core::callStatusFromText(row.text(8)).value_or(core::CallStatus::Failed);
    call.callSid = row.text(9);
    call.brief = core::CallBrief::fromJson(QJsonDocument::fromJson(row.text(10).toUtf8()).object());
    call.durationLimit = std::chrono::seconds(row.integer(11));
    call.createdAt = row.time(12);
    call.answeredAt = row.time(13);
    call.endedAt = row.time(14);
    call.durationSeconds = int(row.integer(15));
    call.endReason = row.text(16);
    call.recordingFile = row.text(17);
    call.recordingSid = row.text(18);
    call.answeredBy = row.text(19);
    return call;
}

int rankOf(core::CallStatus status)
{
    switch (status) {
    case core::CallStatus::Initiated:
        return 0;
    case core::CallStatus::Queued:
        return 1;
    case core::CallStatus::Ringing:
        return 2;
    case core::CallStatus::InProgress:
        return 3;
    default:
        return 4;
    }
}

QVariant idOrNull(qint64 id)
{
    return id > 0 ? QVariant(id) : QVariant();
}

} // namespace

base::Result<core::Call> SqlCallStore::add(const core::Call &call)
{
    const auto rows = m_database.session().execute(
        kInsert, {idOrNull(call.owner.value), call.scenario, call.scenarioTitle,
                  toText(call.direction), call.phoneNumber, call.ownNumber, toText(call.status),
                  textOrNull(call.callSid), jsonText(call.brief.toJson()),
                  qint64(call.durationLimit.count()), call.createdAt, idOrNull(call.scheduleId)});
    if (!rows)
        return base::failed(rows);
    core::Call added = call;
    added.id = {rows->first().integer(0)};
    return added;
}

base::Result<void> SqlCallStore::setSid(base::CallId id, const QString &callSid,
                                        core::CallStatus status)
{
    return ignoreRows(m_database.session().execute(kSetSid, {callSid, toText(status), id.value}));
}

base::Result<bool> SqlCallStore::adoptSid(base::CallId id, const QString &callSid)
{
    const auto rows = m_database.session().execute(kAdoptSid, {callSid, id.value});
    if (!rows)
        return base::failed(rows);
    return rows->affected > 0;
}

base::Result<std::optional<core::Call>> SqlCallStore::byId(base::CallId id)
{
    const auto rows = m_database.session().execute(kCallById, {id.value});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toCall);
}

base::Result<std::optional<core::Call>> SqlCallStore::bySid(const QString &callSid)
{
    const auto rows = m_database.session().execute(kBySid, {callSid});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toCall);
}

base::Result<std::vector<core::Call>> SqlCallStore::ofOwner(base::UserId owner, int limit,
                                                            int offset)
{
    const auto rows = m_database.session().execute(kCallOfOwner, {owner.value, limit, offset});
    if (!rows)
        return base::failed(rows);
    return rows->map(toCall);
}

base::Result<std::optional<core::Call>> SqlCallStore::underWay(base::UserId owner,
                                                               const QString &phoneNumber,
                                                               const QString &scenario,
                                                               const QDateTime &since)
{
    const auto rows =
        m_database.session().execute(kUnderWay, {owner.value, phoneNumber, scenario, since});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs(toCall);
}

base::Result<void> SqlCallStore::setMediaToken(base::CallId id, const QByteArray &tokenHash,
                                               const QDateTime &expiresAt)
{
    return ignoreRows(m_database.session().execute(kSetToken, {tokenHash, expiresAt, id.value}));
}

base::Result<std::optional<core::Call>> SqlCallStore::redeemMediaToken(const QByteArray &tokenHash,
                                                                       const QDateTime &now)
{
    return m_database.session().transaction(
        [&](Session &session) -> base::Result<std::optional<core::Call>> {
            const auto redeemed = session.execute(kCallRedeem, {tokenHash, now});
            if (!redeemed)
                return base::failed(redeemed);
            if (redeemed->isEmpty())
                return std::optional<core::Call>();
            const qint64 id = redeemed->first().integer(0);
            if (const auto marked = session.execute(kMarkAnswered, {now, id}); !marked)
                return base::failed(marked);
            const auto rows = session.execute(kCallById, {id});
            if (!rows)
                return base::failed(rows);
            return rows->firstAs(toCall);
        });
}

base::Result<bool> SqlCallStore::setStatus(base::CallId id, core::CallStatus status,
                                           const QDateTime &at, std::optional<int> durationSeconds,
                                           const QString &endReason)
{
    if (!core::isFinal(status)) {
        const auto rows = m_database.session().execute(
            kSetStatus, {toText(status), id.value, toText(status), rankOf(status)});
        if (!rows)
            return base::failed(rows);
        return rows->affected > 0;
    }
    return m_database.session().transaction([&](Session &session) -> base::Result<bool> {
        const auto rows = session.execute(
            kSetFinal, {toText(status), at, durationSeconds.value_or(0), endReason, id.value});
        if (!rows)
            return base::failed(rows);
        if (rows->isEmpty())
            return false;
        const bool wasAnswered = rows->first().time(0).isValid();
        const auto accounted =
            core::isNeverConnected(status) && !wasAnswered
                ? giveBackCall(session, id, *m_plans.current(), at)
                : noteCallSeconds(session, id, durationSeconds.value_or(0), *m_plans.current(), at);
        if (!accounted)
            return base::failed(accounted);
        return true;
    });
}

base::Result<void> SqlCallStore::setEndReason(base::CallId id, const QString &endReason)
{
    return ignoreRows(m_database.session().execute(kSetEndReason, {endReason, id.value}));
}

base::Result<void> SqlCallStore::setAnsweredBy(base::CallId id, const QString &answeredBy)
{
    return ignoreRows(m_database.session().execute(kSetAnsweredBy, {answeredBy, id.value}));
}

base::Result<void> SqlCallStore::setRecordingSid(base::CallId id, const QString &recordingSid)
{
    return ignoreRows(m_database.session().execute(kSetRecordingSid, {recordingSid, id.value}));
}

base::Result<void> SqlCallStore::storeEnding(const core::CallEnding &ending)
{
    const qint64 duration =
        (ending.answeredAt.msecsTo(ending.endedAt) + 999) / 1000; // begun seconds count
    return m_database.session().transaction([&](Session &session) -> base::Result<void> {
        const auto row =
            session.execute(kStoreEnding, {ending.reason, ending.answeredAt, ending.endedAt,
                                           duration, ending.recordingFile, ending.id.value});
        if (!row)
            return base::failed(row);
        if (auto noted = noteCallSeconds(session, ending.id, int(duration), *m_plans.current(),
                                         ending.endedAt);
            !noted)
            return noted;
        if (auto written = addLiveTranscript(session, ending.id, ending.detail, ending.endedAt);
            !written)
            return written;
        return ignoreRows(
            session.execute(kInsertDetail, {ending.id.value, jsonText(ending.detail.toJson())}));
    });
}

base::Result<std::optional<protocol::CallDetail>> SqlCallStore::detail(base::CallId id)
{
    const auto rows = m_database.session().execute(kDetail, {id.value});
    if (!rows)
        return base::failed(rows);
    if (rows->isEmpty())
        return std::optional<protocol::CallDetail>();
    return protocol::CallDetail::fromJson(
        QJsonDocument::fromJson(rows->first().text(0).toUtf8()).object());
}

base::Result<int> SqlCallStore::closeAbandoned(const QDateTime &createdBefore, const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> base::Result<int> {
        const auto rows = session.execute(kCloseAbandoned, {now, createdBefore});
        if (!rows)
            return base::failed(rows);
        for (const Row &row : *rows) {
            if (!row.isNull(1))
                continue;
            const auto given = giveBackCall(session, {row.integer(0)}, *m_plans.current(), now);
            if (!given)
                return base::failed(given);
        }
        return int(rows->rows.size());
    });
}

} // namespace server::store
