#include "server/adapters/store/plan_store.h"

#include "server/adapters/store/sql_audit_log.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace server::store {

using base::Result;

namespace {

const Sql kFollowPlan(QStringLiteral(
    "INSERT INTO plans (id, definition, position) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "definition = excluded.definition, position = excluded.position WHERE plans.edited_at IS "
    "NULL"));
const Sql kFollowText(QStringLiteral(
    "INSERT INTO plan_texts (name, content) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET "
    "content = excluded.content WHERE plan_texts.edited_at IS NULL"));
const Sql kPlans(QStringLiteral("SELECT definition FROM plans ORDER BY position, id"));
const Sql kTexts(QStringLiteral("SELECT name, content FROM plan_texts"));
const Sql kPlan(QStringLiteral("SELECT definition FROM plans WHERE id = ?"));
const Sql kAddPlan(
    QStringLiteral("INSERT INTO plans (id, definition, position, edited_at) "
                   "VALUES (?, ?, (SELECT coalesce(max(position), 0) + 1 FROM plans), ?)"));
const Sql kEditPlan(QStringLiteral("UPDATE plans SET definition = ?, edited_at = ? WHERE id = ?"));
const Sql kRemovePlan(QStringLiteral("DELETE FROM plans WHERE id = ?"));
const Sql kSubscribers(QStringLiteral("SELECT 1 FROM subscriptions WHERE plan_id = ? LIMIT 1"));

QString textOf(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QJsonObject objectOf(const QString &text)
{
    return QJsonDocument::fromJson(text.toUtf8()).object();
}

} // namespace

Result<> SqlPlanStore::follow(const QJsonObject &shipped)
{
    return m_database.session().transaction([&](Session &session) -> Result<> {
        int position = 0;
        for (const auto &value : shipped.value(QLatin1String("plans")).toArray()) {
            const QJsonObject plan = value.toObject();
            const auto done =
                session.execute(kFollowPlan, {plan.value(QLatin1String("id")).toString(),
                                              textOf(plan), ++position});
            if (!done)
                return base::failed(done);
        }
        for (const QString &name : {QStringLiteral("rules"), QStringLiteral("messages")}) {
            const auto done =
                session.execute(kFollowText, {name, textOf(shipped.value(name).toObject())});
            if (!done)
                return base::failed(done);
        }
        return {};
    });
}

Result<core::PlanCatalogue> SqlPlanStore::load()
{
    const auto plans = m_database.session().execute(kPlans);
    if (!plans)
        return base::failed(plans);
    const auto texts = m_database.session().execute(kTexts);
    if (!texts)
        return base::failed(texts);
    QJsonArray array;
    for (const Row &row : *plans)
        array.append(objectOf(row.text(0)));
    QJsonObject catalogue{{QStringLiteral("plans"), array}};
    for (const Row &row : *texts)
        catalogue.insert(row.text(0), objectOf(row.text(1)));
    return core::PlanCatalogue::fromJson(catalogue);
}

Result<std::optional<QJsonObject>> SqlPlanStore::definition(const QString &id)
{
    const auto rows = m_database.session().execute(kPlan, {id});
    if (!rows)
        return base::failed(rows);
    return rows->firstAs([](const Row &row) { return objectOf(row.text(0)); });
}

Result<core::PlanCatalogue> SqlPlanStore::save(const QJsonObject &definition, bool isNew,
                                               const core::AuditEntry &entry)
{
    const QString id = definition.value(QLatin1String("id")).toString();
    return m_database.session().transaction([&](Session &session) -> Result<core::PlanCatalogue> {
        const auto known = this->definition(id);
        if (!known)
            return base::failed(known);
        if (isNew && *known)
            return base::fail(base::Fault::Conflict,
                              QStringLiteral("Plan '%1' already exists").arg(id));
        const auto written = isNew ? session.execute(kAddPlan, {id, textOf(definition), entry.at})
                                   : session.execute(kEditPlan, {textOf(definition), entry.at, id});
        if (!written)
            return base::failed(written);
        SqlAuditLog audit(m_database); // on this thread's session: part of this transaction
        if (const auto recorded = audit.record(entry); !recorded)
            return base::failed(recorded);
        return load();
    });
}

Result<std::optional<core::PlanCatalogue>> SqlPlanStore::removeUnused(const QString &id,
                                                                      const core::AuditEntry &entry)
{
    using Outcome = Result<std::optional<core::PlanCatalogue>>;
    return m_database.session().transaction([&](Session &session) -> Outcome {
        const auto subscribers = session.execute(kSubscribers, {id});
        if (!subscribers)
            return base::failed(subscribers);
        if (!subscribers->isEmpty())
            return std::optional<core::PlanCatalogue>();
        if (const auto removed = session.execute(kRemovePlan, {id}); !removed)
            return base::failed(removed);
        SqlAuditLog audit(m_database);
        if (const auto recorded = audit.record(entry); !recorded)
            return base::failed(recorded);
        auto catalogue = load();
        if (!catalogue)
            return base::failed(catalogue);
        return std::optional(std::move(*catalogue));
    });
}

} // namespace server::store
