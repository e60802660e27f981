#include "server/core/accounts/account_data.h"

#include "shared/base/log.h"
#include "shared/protocol/json_reader.h"

#include <QJsonArray>

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

/// How long a node may be away and still find out which of its recordings must go.
constexpr int kDaysToDeleteRecordings = 30;

QJsonObject accountJson(const Account &account)
{
    return {{QStringLiteral("id"), account.id.value},
            {QStringLiteral("email"), account.email},
            {QStringLiteral("name"), account.name},
            {QStringLiteral("role"), protocol::toText(account.role)},
            {QStringLiteral("is_active"), account.isActive},
            {QStringLiteral("auth_provider"), account.authProvider},
            {QStringLiteral("app_type"), appTypeOf(account.platform)},
            {QStringLiteral("has_password"), !account.passwordHash.isEmpty()},
            {QStringLiteral("email_verified"), account.isEmailVerified},
            {QStringLiteral("created_at"), protocol::toWireTimeOrNull(account.createdAt)}};
}

QJsonArray sessionsJson(const std::vector<SignInSession> &sessions)
{
    QJsonArray list;
    for (const SignInSession &session : sessions)
        list.append(QJsonObject{
            {QStringLiteral("id"), session.id},
            {QStringLiteral("created_at"), protocol::toWireTimeOrNull(session.createdAt)},
            {QStringLiteral("last_used_at"), protocol::toWireTimeOrNull(session.lastUsedAt)},
            {QStringLiteral("expires_at"), protocol::toWireTimeOrNull(session.expiresAt)},
            {QStringLiteral("user_agent"), session.userAgent}});
    return list;
}

} // namespace

Result<QJsonObject> AccountData::exportOf(UserId user) const
{
    const QDateTime now = m_ports.now();
    const auto account = m_ports.accounts.findById(user);
    if (!account)
        return failed(account);
    if (!*account)
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    const auto sessions = m_ports.accounts.sessionsOf(user, now);
    if (!sessions)
        return failed(sessions);
    QJsonObject document{{QStringLiteral("exported_at"), protocol::toWireTime(now)},
                         {QStringLiteral("account"), accountJson(**account)},
                         {QStringLiteral("sessions"), sessionsJson(*sessions)}};
    for (const ExportSource &source : m_ports.sources) {
        const auto part = source.read(user);
        if (!part)
            return failed(part);
        document.insert(source.key, *part);
    }
    return document;
}

Result<> AccountData::remove(UserId user, const std::optional<QString> &password)
{
    const auto account = m_ports.accounts.findById(user);
    if (!account)
        return failed(account);
    if (!*account)
        return base::fail(Fault::NotFound, QStringLiteral("User not found"));
    if (const QByteArray hash = (*account)->passwordHash; !hash.isEmpty()) {
        if (!password)
            return base::fail(Fault::Unprocessable,
                              QStringLiteral("The password is needed to delete this account"));
        if (!m_ports.hasher.verify(*password, hash).isMatch)
            return base::fail(Fault::Invalid, QStringLiteral("Password is incorrect"));
    }
    if (auto removed = m_ports.remover.removeAccount(user, m_ports.now()); !removed)
        return removed;
    base::log::info("account.deleted", {{QStringLiteral("user"), user.value}});
    // What cannot be deleted now stays noted for the next sweep; the account is gone either way.
    if (const auto swept = sweepRecordings(); !swept)
        base::log::warning("account.recordings_left",
                           {{QStringLiteral("cause"), swept.error().cause}});
    return {};
}

Result<int> AccountData::sweepRecordings()
{
    const auto orphans = m_ports.remover.orphanedRecordings();
    if (!orphans)
        return failed(orphans);
    QStringList deleted;
    for (const QString &file : *orphans) {
        if (m_ports.deleteRecording(file))
            deleted.append(file);
    }
    const QDateTime before = m_ports.now().addDays(-kDaysToDeleteRecordings);
    if (const auto forgotten = m_ports.remover.forgetRecordings(deleted, before); !forgotten)
        return failed(forgotten);
    return int(deleted.size());
}

} // namespace server::core
