#include "server/adapters/store/sql_audit_log.h"

#include "server/adapters/store/database.h"

#include <QJsonDocument>

namespace server::store {

namespace {

const Sql insertEntry(QStringLiteral(R"(
    INSERT INTO audit_log (at, actor_user_id, action, subject, detail, request_id) VALUES (?, ?, ?, ?, ?, ?))"));

} // namespace

base::Result<> SqlAuditLog::record(const core::AuditEntry &entry)
{
    const QString detail =
        QString::fromUtf8(QJsonDocument(entry.detail).toJson(QJsonDocument::Compact));
    const auto rows = m_database.session().execute(
        insertEntry, {entry.at, entry.actor.isValid() ? QVariant(entry.actor.value) : QVariant(),
                      entry.action, entry.subject, detail, entry.requestId});
    if (!rows)
        return failed(rows);
    return {};
}

} // namespace server::store
