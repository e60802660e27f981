#include "server/adapters/store/plan_store.h"

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

} // namespace server::store
