#include "server/core/plans/plan_catalogue.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

// Outside any namespace, as the macro demands: a static library's resources are not found by
// themselves.
static void initialiseResources()
{
    Q_INIT_RESOURCE(core_plans);
}

namespace server::core {

using base::Fault;
using base::Result;

namespace {

Result<PlanRules> rulesOf(const QJsonObject &object)
{
    QString missing;
    const auto number = [&](const char *name) {
        const int value = object.value(QLatin1String(name)).toInt(-1);
        if (value < 0)
            missing = QLatin1String(name);
        return value;
    };
    PlanRules rules;
    rules.grace = std::chrono::days(number("grace_days"));
    rules.trialExtension = std::chrono::days(number("trial_extension_days"));
    rules.trialWarningCalls = number("trial_warning_calls");
    rules.quotaWarningPercent = number("quota_warning_percent");
    rules.scheduleMissed = std::chrono::minutes(number("schedule_missed_minutes"));
    rules.mobileScenarios = number("mobile_scenarios");
    rules.targetCallsOfAccount = number("target_calls_of_account_per_day");
    rules.targetCallsOfAll = number("target_calls_of_all_per_day");
    if (!missing.isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("rules: %1 is no number").arg(missing));
    return rules;
}

} // namespace

QJsonObject PlanCatalogue::builtin()
{
    initialiseResources();
    QFile file(QStringLiteral(":/plans/catalogue.json"));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
}

Result<PlanCatalogue> PlanCatalogue::fromJson(const QJsonObject &object)
{
    PlanCatalogue catalogue;
    const auto rules = rulesOf(object.value(QLatin1String("rules")).toObject());
    if (!rules)
        return failed(rules);
    catalogue.m_rules = *rules;
    for (const auto &value : object.value(QLatin1String("plans")).toArray()) {
        auto plan = Plan::fromJson(value.toObject());
        if (!plan)
            return failed(plan);
        if (catalogue.m_byId.contains(plan->id))
            return base::fail(Fault::Invalid,
                              QStringLiteral("plan '%1' stands twice").arg(plan->id));
        catalogue.m_byId.insert(plan->id, catalogue.m_plans.size());
        catalogue.m_plans.append(std::move(*plan));
    }
    const QJsonObject messages = object.value(QLatin1String("messages")).toObject();
    for (auto it = messages.begin(); it != messages.end(); ++it)
        catalogue.m_messages.insert(it.key(), it.value().toString());
    if (const auto checked = catalogue.check(); !checked)
        return failed(checked);
    return catalogue;
}

Result<> PlanCatalogue::check() const
{
    for (const Plan &plan : m_plans) {
        for (const QString &id : plan.upgradeTo) {
            const Plan *target = find(id);
            if (!target || target->offerName.isEmpty())
                return base::fail(Fault::Invalid,
                                  QStringLiteral("plan '%1': upgrade_to names '%2', which cannot "
                                                 "be offered")
                                      .arg(plan.id, id));
        }
    }
    const auto lacks = [this](PlanType type, Platform platform) {
        return std::none_of(m_plans.begin(), m_plans.end(), [&](const Plan &plan) {
            return plan.type == type && plan.platform == platform;
        });
    };
    for (const Platform platform : {Platform::Mobile, Platform::Web}) {
        if (lacks(PlanType::Trial, platform))
            return base::fail(Fault::Invalid,
                              QStringLiteral("there is no trial for %1").arg(toText(platform)));
    }
    if (lacks(PlanType::Staff, Platform::Web))
        return base::fail(Fault::Invalid, QStringLiteral("there is no plan for staff"));
    return {};
}

const Plan *PlanCatalogue::find(const QString &id) const
{
    const auto found = m_byId.constFind(id);
    return found == m_byId.cend() ? nullptr : &m_plans.at(*found);
}

const Plan *PlanCatalogue::byProduct(const QString &productId) const
{
    const auto found = std::find_if(m_plans.begin(), m_plans.end(), [&](const Plan &plan) {
        return plan.productIds.contains(productId);
    });
    return found == m_plans.end() ? nullptr : &*found;
}

const Plan &PlanCatalogue::trialOf(Platform platform) const
{
    return *std::find_if(m_plans.begin(), m_plans.end(), [&](const Plan &plan) {
        return plan.type == PlanType::Trial && plan.platform == platform;
    });
}

const Plan &PlanCatalogue::staff() const
{
    return *std::find_if(m_plans.begin(), m_plans.end(),
                         [](const Plan &plan) { return plan.type == PlanType::Staff; });
}

QString PlanCatalogue::message(const char *name, const QHash<QString, QString> &values) const
{
    QString text = m_messages.value(QLatin1String(name));
    for (auto it = values.begin(); it != values.end(); ++it)
        text.replace(QLatin1Char('{') + it.key() + QLatin1Char('}'), it.value());
    return text;
}

} // namespace server::core
