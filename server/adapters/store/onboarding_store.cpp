#include "server/adapters/store/onboarding_store.h"

#include "server/adapters/store/database.h"
#include "server/adapters/store/user_lock.h"

namespace server::store {

using base::Fault;
using base::Result;
using base::UserId;
using core::AnonymousSession;
using core::OnboardingRecord;
using core::Step;

namespace {

const Sql kOnboardingRecord(QStringLiteral(R"(
    SELECT u.platform, coalesce(o.phone_setup, false), coalesce(o.calendar, false),
           coalesce(o.scenarios, false), coalesce(o.welcome_call, false),
           coalesce(o.started_at, u.created_at), o.completed_at
    FROM users u LEFT JOIN user_onboarding o ON o.user_id = u.id WHERE u.id = ?)"));

// NO KEY: rows that only refer to the user need not wait.
const Sql kWriteRecord(QStringLiteral(R"(
    INSERT INTO user_onboarding
        (user_id, phone_setup, calendar, scenarios, welcome_call, started_at, completed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET
        phone_setup = excluded.phone_setup, calendar = excluded.calendar,
        scenarios = excluded.scenarios, welcome_call = excluded.welcome_call,
        started_at = excluded.started_at, completed_at = excluded.completed_at)"));

const Sql kSaveProfile(QStringLiteral(R"(
    UPDATE users SET full_name = coalesce(?, full_name),
        preferred_voice = coalesce(?, preferred_voice),
        notifications_enabled = coalesce(?, notifications_enabled), updated_at = ?
    WHERE id = ?)"));

const Sql kProfile(QStringLiteral(
    "SELECT full_name, preferred_voice, notifications_enabled FROM users WHERE id = ?"));

const Sql kProviders(QStringLiteral(R"(
    SELECT id, provider, is_connected, connected_at FROM connected_providers
    WHERE user_id = ? ORDER BY id)"));

const Sql kFacts(QStringLiteral(R"(
    SELECT EXISTS (SELECT 1 FROM custom_scenarios WHERE user_id = ?),
           EXISTS (SELECT 1 FROM calls WHERE user_id = ? AND answered_at IS NOT NULL),
           EXISTS (SELECT 1 FROM google_calendar_credentials WHERE user_id = ?),
           EXISTS (SELECT 1 FROM user_phone_numbers WHERE user_id = ? AND is_active = true))"));

const QString kSessionColumns = QStringLiteral(
    "user_name, phone_number, preferred_voice, notifications_enabled, scenario_id, "
    "welcome_completed, profile_completed, tutorial_completed, is_completed, current_step, "
    "created_at, expires_at, user_id");

const Sql
    kAddSession(QStringLiteral("INSERT INTO anonymous_onboarding_sessions (") + kSessionColumns
                + QStringLiteral(", id_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));

const QString kSelectSession = QStringLiteral("SELECT ") + kSessionColumns
                               + QStringLiteral(" FROM anonymous_onboarding_sessions WHERE "
                                                "id_hash = ?");
const Sql kFindSession(kSelectSession);
const Sql kLockSession(kSelectSession + QStringLiteral(" FOR UPDATE"), kSelectSession);

const Sql kWriteSession(QStringLiteral(R"(
    UPDATE anonymous_onboarding_sessions SET user_name = ?, phone_number = ?, preferred_voice = ?,
        notifications_enabled = ?, scenario_id = ?, welcome_completed = ?, profile_completed = ?,
        tutorial_completed = ?, is_completed = ?, current_step = ?
    WHERE id_hash = ?)"));

// One statement, so of two callers the second finds the session taken.
const Sql kLink(QStringLiteral(R"(
    UPDATE anonymous_onboarding_sessions SET user_id = ?
    WHERE id_hash = ? AND user_id IS NULL AND expires_at > ?)"));

const Sql kDeleteExpired(
    QStringLiteral("DELETE FROM anonymous_onboarding_sessions WHERE expires_at < ?"));

OnboardingRecord toOnboardingRecord(const Row &row)
{
    OnboardingRecord record;
    record.platform = core::platformFromText(row.text(0)).value_or(core::Platform::Web);
    int column = 1;
    for (const Step step : core::kSteps) {
        if (row.boolean(column++))
            record.done.add(step);
    }
    record.startedAt = row.time(5);
    record.completedAt = row.time(6);
    return record;
}

core::Profile toProfile(const Row &row)
{
    core::Profile profile;
    if (!row.text(0).isEmpty())
        profile.name = row.text(0);
    if (!row.text(1).isEmpty())
        profile.voice = row.text(1);
    profile.wantsNotifications = row.boolean(2);
    return profile;
}

core::ConnectedProvider toProvider(const Row &row)
{
    return {row.integer(0), row.text(1), row.boolean(2), row.time(3)};
}

AnonymousSession toSession(const Row &row)
{
    AnonymousSession session;
    session.name = row.text(0);
    session.phoneNumber = row.text(1);
    session.voice = row.text(2);
    session.wantsNotifications = row.boolean(3);
    session.scenario = row.text(4);
    session.isWelcomeDone = row.boolean(5);
    session.isProfileDone = row.boolean(6);
    session.isTutorialDone = row.boolean(7);
    session.isCompleted = row.boolean(8);
    session.currentStep = row.text(9);
    session.createdAt = row.time(10);
    session.expiresAt = row.time(11);
    session.user = UserId{row.optionalInteger(12).value_or(0)};
    return session;
}

/// The columns that may change, in their order.
QVariantList told(const AnonymousSession &session)
{
    return {session.name,          session.phoneNumber,
            session.voice,         session.wantsNotifications,
            session.scenario,      session.isWelcomeDone,
            session.isProfileDone, session.isTutorialDone,
            session.isCompleted,   session.currentStep};
}

Result<OnboardingRecord> readProgress(Session &session, UserId user)
{
    const auto rows = session.execute(kOnboardingRecord, {user.value});
    if (!rows)
        return failed(rows);
    if (rows->isEmpty())
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    return toOnboardingRecord(rows->first());
}

Result<> write(Session &session, UserId user, const core::Profile &profile, const QDateTime &at)
{
    const auto rows =
        session.execute(kSaveProfile, {orNull(profile.name), orNull(profile.voice),
                                       orNull(profile.wantsNotifications), at, user.value});
    if (!rows)
        return failed(rows);
    return rows->affected == 1 ? Result<>()
                               : base::fail(Fault::NotFound, QStringLiteral("User not found"));
}

} // namespace

Result<OnboardingRecord> SqlOnboardingStore::find(UserId user)
{
    Session session = m_database.session();
    return readProgress(session, user);
}

Result<OnboardingRecord>
SqlOnboardingStore::change(UserId user, const std::function<void(OnboardingRecord &)> &change)
{
    return m_database.session().transaction([&](Session &session) -> Result<OnboardingRecord> {
        if (const auto locked = lockUser(session, user); !locked)
            return failed(locked);
        auto record = readProgress(session, user);
        if (!record)
            return record;
        change(*record);
        QVariantList values{user.value};
        for (const Step step : core::kSteps)
            values.append(record->done.contains(step));
        values.append(record->startedAt);
        values.append(record->completedAt);
        if (const auto written = session.execute(kWriteRecord, values); !written)
            return failed(written);
        return record;
    });
}

Result<> SqlOnboardingStore::saveProfile(UserId user, const core::Profile &profile,
                                         const QDateTime &at)
{
    Session session = m_database.session();
    return write(session, user, profile, at);
}

Result<core::Profile> SqlOnboardingStore::profileOf(UserId user)
{
    const auto rows = m_database.session().execute(kProfile, {user.value});
    if (!rows)
        return failed(rows);
    if (rows->isEmpty())
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    return toProfile(rows->first());
}

Result<std::vector<core::ConnectedProvider>> SqlOnboardingStore::providersOf(UserId user)
{
    const auto rows = m_database.session().execute(kProviders, {user.value});
    if (!rows)
        return failed(rows);
    return rows->map(toProvider);
}

Result<core::OnboardingFacts> SqlOnboardingStore::factsOf(UserId user)
{
    const auto rows =
        m_database.session().execute(kFacts, {user.value, user.value, user.value, user.value});
    if (!rows)
        return failed(rows);
    core::OnboardingFacts facts;
    facts.hasScenario = rows->first().boolean(0);
    facts.hasMadeCall = rows->first().boolean(1);
    facts.hasCalendar = rows->first().boolean(2);
    facts.hasPhoneNumber = rows->first().boolean(3);
    return facts;
}

Result<> SqlAnonymousSessionStore::add(const QByteArray &idHash, const AnonymousSession &session)
{
    QVariantList values = told(session);
    values << session.createdAt << session.expiresAt
           << (session.user.isValid() ? QVariant(session.user.value) : QVariant()) << idHash;
    const auto rows = m_database.session().execute(kAddSession, values);
    return rows ? Result<>() : failed(rows);
}

Result<std::optional<AnonymousSession>> SqlAnonymousSessionStore::find(const QByteArray &idHash)
{
    const auto rows = m_database.session().execute(kFindSession, {idHash});
    if (!rows)
        return failed(rows);
    return rows->firstAs(toSession);
}

Result<std::optional<AnonymousSession>>
SqlAnonymousSessionStore::change(const QByteArray &idHash,
                                 const std::function<Result<>(AnonymousSession &)> &change)
{
    using Outcome = Result<std::optional<AnonymousSession>>;
    return m_database.session().transaction([&](Session &session) -> Outcome {
        const auto rows = session.execute(kLockSession, {idHash});
        if (!rows)
            return failed(rows);
        auto found = rows->firstAs(toSession);
        if (!found)
            return std::nullopt;
        if (const auto changed = change(*found); !changed)
            return failed(changed);
        if (const auto written = session.execute(kWriteSession, told(*found) << idHash); !written)
            return failed(written);
        return found;
    });
}

Result<std::optional<AnonymousSession>>
SqlAnonymousSessionStore::link(const QByteArray &idHash, UserId user, const QDateTime &now)
{
    using Outcome = Result<std::optional<AnonymousSession>>;
    return m_database.session().transaction([&](Session &session) -> Outcome {
        const auto rows = session.execute(kLockSession, {idHash});
        if (!rows)
            return failed(rows);
        auto found = rows->firstAs(toSession);
        if (!found || !found->isRegistrable())
            return std::nullopt;
        const auto linked = session.execute(kLink, {user.value, idHash, now});
        if (!linked)
            return failed(linked);
        if (linked->affected == 0)
            return std::nullopt;
        found->user = user;
        if (const auto saved = write(session, user, found->profile(), now); !saved)
            return failed(saved);
        return found;
    });
}

Result<int> SqlAnonymousSessionStore::removeExpired(const QDateTime &now)
{
    const auto rows = m_database.session().execute(kDeleteExpired, {now});
    if (!rows)
        return failed(rows);
    return rows->affected;
}

} // namespace server::store
