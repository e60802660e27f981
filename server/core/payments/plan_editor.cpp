#include "server/core/payments/plan_editor.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

bool isPlanId(const QString &id)
{
    static const QRegularExpression form(QStringLiteral("^(?=.*[A-Za-z0-9])[A-Za-z0-9_]{1,100}$"));
    return form.match(id).hasMatch();
}

QJsonObject shippedPlan(const QString &id)
{
    const QJsonArray plans = PlanCatalogue::builtin().value(QLatin1String("plans")).toArray();
    for (const auto &plan : plans) {
        if (plan.toObject().value(QLatin1String("id")).toString() == id)
            return plan.toObject();
    }
    return {};
}

/// What a new plan has where nothing is said: that of the plan of its kind which came with the
/// program, without what belongs to that one alone.
QJsonObject templateOf(PlanType type)
{
    QJsonObject plan = shippedPlan(type == PlanType::Usage ? QStringLiteral("usage_based")
                                                           : QStringLiteral("basic_monthly"));
    for (const char *name : {"product_ids", "offer_name", "pricing_key", "upgrade_to"})
        plan.remove(QLatin1String(name));
    plan.insert(QStringLiteral("price"), QStringLiteral("0.00"));
    plan.insert(QStringLiteral("calls"), QStringLiteral("unlimited"));
    plan.insert(QStringLiteral("calls_text"), QStringLiteral("Unlimited calls"));
    plan.insert(QStringLiteral("highlights"), QJsonArray());
    return plan;
}

void setFeatures(QJsonObject &plan, QJsonObject features)
{
    const QString storage = QStringLiteral("transcription_storage");
    if (!features.contains(storage))
        features.insert(storage, plan.value(QLatin1String("features")).toObject().value(storage));
    plan.insert(QStringLiteral("features"), features);
}

void setWeeklyCalls(QJsonObject &plan, int count)
{
    plan.insert(QStringLiteral("calls"),
                QJsonObject{{QStringLiteral("count"), count},
                            {QStringLiteral("per"), QStringLiteral("week")}});
    plan.insert(QStringLiteral("calls_text"), QStringLiteral("%1 calls per week").arg(count));
}

void apply(QJsonObject &plan, const PlanEditor::Draft &draft)
{
    if (draft.name)
        plan.insert(QStringLiteral("name"), *draft.name);
    if (draft.type)
        plan.insert(QStringLiteral("type"), toText(*draft.type));
    if (draft.features)
        setFeatures(plan, *draft.features);
    if (draft.pricing)
        plan.insert(QStringLiteral("pricing"), *draft.pricing);
    if (draft.price) {
        plan.insert(QStringLiteral("price"), draft.price->toDecimal());
        plan.insert(QStringLiteral("currency"), draft.price->currency);
    }
    if (draft.weeklyCalls)
        setWeeklyCalls(plan, *draft.weeklyCalls);
}

tl::unexpected<base::Error> noPlan(const QString &id)
{
    return base::fail(Fault::NotFound, QStringLiteral("Plan '%1' not found").arg(id));
}

} // namespace

AuditEntry PlanEditor::entryOf(const Actor &actor, const char *action, const QString &id) const
{
    return {m_ports.now(),  actor.user, QLatin1String(action), QStringLiteral("plan:") + id, {},
            actor.requestId};
}

Result<QJsonObject> PlanEditor::offered(const QString &id) const
{
    const auto definition = m_ports.store.definition(id);
    if (!definition)
        return failed(definition);
    if (!*definition)
        return noPlan(id);
    const auto plan = Plan::fromJson(**definition);
    if (!plan)
        return failed(plan);
    if (!plan->isSubscription() || plan->platform != Platform::Web || plan->isHidden)
        return noPlan(id);
    return **definition;
}

Result<Plan> PlanEditor::save(const Actor &actor, const QJsonObject &definition, bool isNew,
                              const char *action) const
{
    auto plan = Plan::fromJson(definition);
    if (!plan)
        return plan;
    AuditEntry entry = entryOf(actor, action, plan->id);
    entry.detail = {{QStringLiteral("name"), plan->name},
                    {QStringLiteral("price"), plan->price.toDecimal()}};
    auto catalogue = m_ports.store.save(definition, isNew, entry);
    if (!catalogue)
        return failed(catalogue);
    m_ports.book.replace(std::move(*catalogue));
    return plan;
}

Result<Plan> PlanEditor::create(const Actor &actor, const QString &id, const Draft &draft) const
{
    if (!isPlanId(id))
        return base::fail(
            Fault::Invalid,
            QStringLiteral("Plan ID must contain only alphanumeric characters and underscores"));
    QJsonObject plan = templateOf(draft.type.value_or(PlanType::Monthly));
    plan.insert(QStringLiteral("id"), id);
    plan.insert(QStringLiteral("tier"), id);
    apply(plan, draft);
    return save(actor, plan, true, "plan.created");
}

Result<Plan> PlanEditor::update(const Actor &actor, const QString &id, const Draft &draft) const
{
    auto plan = offered(id);
    if (!plan)
        return failed(plan);
    apply(*plan, draft);
    return save(actor, *plan, false, "plan.changed");
}

Result<Plan> PlanEditor::remove(const Actor &actor, const QString &id) const
{
    auto definition = offered(id);
    if (!definition)
        return failed(definition);
    auto plan = Plan::fromJson(*definition);
    if (!plan)
        return plan;
    const bool isShipped = !shippedPlan(id).isEmpty();
    if (isShipped && !m_ports.mayRemoveShipped)
        return base::fail(Fault::Forbidden,
                          QStringLiteral("Cannot delete core plan '%1' in production").arg(id));
    if (!isShipped) { // a shipped one would be back at the next start
        auto removed = m_ports.store.removeUnused(id, entryOf(actor, "plan.deleted", id));
        if (!removed)
            return failed(removed);
        if (*removed) {
            m_ports.book.replace(std::move(**removed));
            return plan;
        }
    }
    definition->insert(QStringLiteral("hidden"), true);
    const auto hidden = save(actor, *definition, false, "plan.hidden");
    if (!hidden)
        return failed(hidden);
    return plan;
}

} // namespace server::core
