#include "server/adapters/store/dialling_store.h"

#include "server/adapters/store/opt_out_store.h"

namespace server::store {

using base::Result;

namespace {

const Sql kRules(QStringLiteral(
    "SELECT quiet_from, quiet_to, time_zone, target_calls_per_day, target_calls_per_week, "
    "ai_disclosure, recording_consent FROM calling_rules WHERE user_id = ?"));
const Sql kSetRules(QStringLiteral(
    "INSERT INTO calling_rules (user_id, quiet_from, quiet_to, time_zone, target_calls_per_day, "
    "target_calls_per_week, ai_disclosure, recording_consent, updated_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET "
    "quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, "
    "time_zone = excluded.time_zone, target_calls_per_day = excluded.target_calls_per_day, "
    "target_calls_per_week = excluded.target_calls_per_week, "
    "ai_disclosure = excluded.ai_disclosure, recording_consent = excluded.recording_consent, "
    "updated_at = excluded.updated_at"));
const Sql kHasOptedOut(QStringLiteral("SELECT id FROM opt_outs WHERE phone_number = ?"));
// A call that failed was not taken by the phone network, or no phone rang.
const Sql kCounts(QStringLiteral(
    "SELECT count(CASE WHEN user_id = ? AND created_at > ? THEN 1 END), "
    "count(CASE WHEN user_id = ? THEN 1 END), count(CASE WHEN created_at > ? THEN 1 END) "
    "FROM calls WHERE phone_number = ? AND created_at > ? AND direction = 'outbound' "
    "AND status <> 'failed'"));

std::optional<int> toCount(const Row &row, int column)
{
    return row.isNull(column) ? std::nullopt : std::optional<int>(int(row.integer(column)));
}

core::CallingRules toRules(base::UserId owner, const Row &row)
{
    core::CallingRules rules;
    rules.owner = owner;
    const core::QuietHours quiet{core::clockFromText(row.text(0)),
                                 core::clockFromText(row.text(1))};
    if (quiet.from.isValid() && quiet.to.isValid())
        rules.quietHours = quiet;
    rules.timeZone = row.text(2);
    rules.targetCallsPerDay = toCount(row, 3);
    rules.targetCallsPerWeek = toCount(row, 4);
    rules.aiDisclosure =
        core::aiDisclosureFromText(row.text(5)).value_or(core::AiDisclosure::Always);
    rules.recordingConsent =
        core::recordingConsentFromText(row.text(6)).value_or(core::RecordingConsent::Off);
    return rules;
}

} // namespace

Result<core::CallingRules> SqlDiallingStore::rulesOf(base::UserId owner)
{
    const auto rows = m_database.session().execute(kRules, {owner.value});
    if (!rows)
        return base::failed(rows);
    if (!rows->isEmpty())
        return toRules(owner, rows->first());
    core::CallingRules rules;
    rules.owner = owner;
    return rules;
}

Result<> SqlDiallingStore::setRules(const core::CallingRules &rules, const QDateTime &now)
{
    const auto clock = [&](QTime core::QuietHours::*end) {
        return rules.quietHours ? QVariant(core::clockText(*rules.quietHours.*end)) : QVariant();
    };
    return ignoreRows(m_database.session().execute(
        kSetRules,
        {rules.owner.value, clock(&core::QuietHours::from), clock(&core::QuietHours::to),
         rules.timeZone, orNull(rules.targetCallsPerDay), orNull(rules.targetCallsPerWeek),
         toText(rules.aiDisclosure), toText(rules.recordingConsent), now}));
}

Result<core::TargetHistory>
SqlDiallingStore::history(base::UserId owner, const QString &phoneNumber, const QDateTime &now)
{
    return m_database.session().transaction([&](Session &session) -> Result<core::TargetHistory> {
        if (const auto locked = lockNumber(session, phoneNumber); !locked)
            return base::failed(locked);
        const auto optedOut = session.execute(kHasOptedOut, {phoneNumber});
        if (!optedOut)
            return base::failed(optedOut);
        const QDateTime dayAgo = now.addDays(-1);
        const auto counts = session.execute(
            kCounts, {owner.value, dayAgo, owner.value, dayAgo, phoneNumber, now.addDays(-7)});
        if (!counts)
            return base::failed(counts);
        const Row &row = counts->first();
        return core::TargetHistory{!optedOut->isEmpty(), int(row.integer(0)), int(row.integer(1)),
                                   int(row.integer(2))};
    });
}

} // namespace server::store
