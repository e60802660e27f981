#include "server/adapters/store/usage_record_store.h"

namespace server::store {

using base::Result;
using core::MeteredService;
using core::UsageRecord;
using core::UsageTotal;

namespace {

const QString kAddText = QStringLiteral(
    "INSERT INTO usage_records (user_id, source_key, service, amount, unit, cost, currency, "
    "billing_period, resource_id, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ");
const Sql kAddReported(kAddText + QStringLiteral("RETURNING id"));
const Sql kMeter(kAddText
                 + QStringLiteral("ON CONFLICT (source_key) DO UPDATE SET amount = "
                                  "excluded.amount, cost = excluded.cost"));
const Sql kTotals(QStringLiteral(
    "SELECT service, min(unit), CAST(sum(amount) AS bigint), CAST(sum(cost) AS bigint), count(*), "
    "CAST(sum(CASE WHEN source_key IS NULL THEN amount ELSE 0 END) AS bigint), "
    "CAST(sum(CASE WHEN source_key IS NULL THEN cost ELSE 0 END) AS bigint) FROM usage_records "
    "WHERE user_id = ? AND billing_period = ? GROUP BY service ORDER BY service"));
const Sql kRecordOfUser(QStringLiteral(
    "SELECT id, user_id, source_key, service, amount, unit, cost, currency, billing_period, "
    "coalesce(resource_id, 0), recorded_at FROM usage_records WHERE user_id = ? ORDER BY id "
    "LIMIT ? OFFSET ?"));

const Sql kOwnsCall(QStringLiteral("SELECT 1 FROM calls WHERE user_id = ? AND id = ?"));
const Sql
    kOwnsTranscript(QStringLiteral("SELECT 1 FROM transcripts t JOIN calls c ON c.id = t.call_id "
                                   "WHERE c.user_id = ? AND t.id = ?"));
const Sql
    kOwnsScenario(QStringLiteral("SELECT 1 FROM custom_scenarios WHERE user_id = ? AND id = ?"));

/// Null for what we keep nothing of.
const Sql *ownershipOf(MeteredService service)
{
    switch (service) {
    case MeteredService::VoiceCall:
        return &kOwnsCall;
    case MeteredService::Transcription:
        return &kOwnsTranscript;
    case MeteredService::CustomScenario:
        return &kOwnsScenario;
    case MeteredService::Sms:
        break;
    }
    return nullptr;
}

QVariantList valuesOf(const UsageRecord &record, const QVariant &key)
{
    return {record.user.value,
            key,
            toText(record.service),
            record.amount,
            record.unit,
            record.cost.minor,
            record.cost.currency,
            record.billingPeriod,
            record.resourceId == 0 ? QVariant() : QVariant(record.resourceId),
            record.recordedAt};
}

MeteredService serviceOf(const QString &text)
{
    return core::meteredServiceFromText(text).value_or(MeteredService::VoiceCall);
}

UsageRecord toUsageRecord(const Row &row)
{
    UsageRecord record;
    record.id = row.integer(0);
    record.user = {row.integer(1)};
    record.isReported = row.isNull(2);
    record.service = serviceOf(row.text(3));
    record.amount = row.integer(4);
    record.unit = row.text(5);
    record.cost = {row.integer(6), row.text(7)};
    record.billingPeriod = row.text(8);
    record.resourceId = row.integer(9);
    record.recordedAt = row.time(10);
    return record;
}

UsageTotal toTotal(const Row &row)
{
    return {serviceOf(row.text(0)), row.text(1),    row.integer(2), row.integer(3),
            row.integer(4),         row.integer(5), row.integer(6)};
}

} // namespace

Result<qint64> SqlUsageRecordStore::addReported(const UsageRecord &record)
{
    const auto rows = m_database.session().execute(kAddReported, valuesOf(record, QVariant()));
    if (!rows)
        return base::failed(rows);
    return rows->first().integer(0);
}

Result<bool> SqlUsageRecordStore::owns(base::UserId user, MeteredService service, qint64 resourceId)
{
    const Sql *ownership = ownershipOf(service);
    if (!ownership)
        return false;
    const auto rows = m_database.session().execute(*ownership, {user.value, resourceId});
    if (!rows)
        return base::failed(rows);
    return !rows->isEmpty();
}

Result<std::vector<UsageTotal>> SqlUsageRecordStore::totals(base::UserId user,
                                                            const QString &billingPeriod)
{
    const auto rows = m_database.session().execute(kTotals, {user.value, billingPeriod});
    if (!rows)
        return base::failed(rows);
    return rows->map(toTotal);
}

Result<std::vector<UsageRecord>> SqlUsageRecordStore::ofUser(base::UserId user, int limit,
                                                             int offset)
{
    const auto rows = m_database.session().execute(kRecordOfUser, {user.value, limit, offset});
    if (!rows)
        return base::failed(rows);
    return rows->map(toUsageRecord);
}

Result<> meterCall(Session &session, base::CallId call, int seconds, const core::Standing &standing,
                   const core::PlanCatalogue &plans, const QDateTime &now)
{
    UsageRecord record;
    record.user = standing.user;
    record.service = MeteredService::VoiceCall;
    record.amount = core::minutesOf(seconds);
    record.unit = QStringLiteral("minutes");
    record.cost = core::costOf(record.service, record.amount, standing, plans, now);
    record.billingPeriod = core::billingPeriodOf(now);
    record.resourceId = call.value;
    record.recordedAt = now;
    return ignoreRows(
        session.execute(kMeter, valuesOf(record, QStringLiteral("call:%1").arg(call.value))));
}

} // namespace server::store
