#include "server/adapters/store/vad_preference_store.h"

#include <QJsonDocument>

namespace server::store {

using core::TurnDetection;

namespace {

const Sql kVadFind(QStringLiteral("SELECT settings FROM vad_preferences WHERE user_id = ?"));
const Sql kSet(
    QStringLiteral("INSERT INTO vad_preferences (user_id, settings, updated_at) VALUES (?, ?, ?) "
                   "ON CONFLICT (user_id) DO UPDATE SET settings = excluded.settings, "
                   "updated_at = excluded.updated_at"));

} // namespace

base::Result<std::optional<TurnDetection>> SqlVadPreferences::find(base::UserId user)
{
    const auto rows = m_database.session().execute(kVadFind, {user.value});
    if (!rows)
        return base::failed(rows);
    if (rows->isEmpty())
        return std::optional<TurnDetection>();
    const auto settings = QJsonDocument::fromJson(rows->first().text(0).toUtf8()).object();
    const auto detection = TurnDetection::fromSettings(settings);
    if (!detection)
        return base::failed(detection);
    return *detection;
}

base::Result<> SqlVadPreferences::set(base::UserId user, const TurnDetection &detection,
                                      const QDateTime &now)
{
    const QString settings =
        QString::fromUtf8(QJsonDocument(detection.toSettings()).toJson(QJsonDocument::Compact));
    return ignoreRows(m_database.session().execute(kSet, {user.value, settings, now}));
}

} // namespace server::store
