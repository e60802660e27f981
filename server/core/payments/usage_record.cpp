#include "server/core/payments/usage_record.h"

#include <QRegularExpression>

#include <array>

namespace server::core {

namespace {

struct ServiceName
{
    const char *name;
    const char *price; ///< its key in a plan's pricing
};

constexpr std::array<ServiceName, 4> kServices{{{"voice_call", "voice_per_minute"},
                                                {"transcription", "transcription_per_minute"},
                                                {"sms", "sms_per_message"},
                                                {"custom_scenario", "custom_scenario_setup"}}};

base::Money priceIn(const Plan &plan, MeteredService service)
{
    const QString text =
        plan.pricing.value(QLatin1String(kServices[size_t(service)].price)).toString();
    return base::Money::parse(text, plan.price.currency)
        .value_or(base::Money{0, plan.price.currency});
}

} // namespace

QString toText(MeteredService service)
{
    return QLatin1String(kServices[size_t(service)].name);
}

std::optional<MeteredService> meteredServiceFromText(const QString &text)
{
    for (size_t i = 0; i < kServices.size(); ++i) {
        if (text == QLatin1String(kServices[i].name))
            return MeteredService(i);
    }
    return std::nullopt;
}

base::Money unitPrice(MeteredService service, const PlanCatalogue &catalogue)
{
    const auto &plans = catalogue.plans();
    const auto byUse = std::find_if(plans.begin(), plans.end(), [](const Plan &plan) {
        return plan.type == PlanType::Usage && !plan.isHidden;
    });
    return byUse == plans.end() ? base::Money{} : priceIn(*byUse, service);
}

base::Money costOf(MeteredService service, qint64 amount, const Standing &standing,
                   const PlanCatalogue &catalogue, const QDateTime &now)
{
    if (standing.isStaff || !standing.subscription
        || !hasRights(statusAt(*standing.subscription, catalogue.rules(), now)))
        return {};
    const Plan *plan = catalogue.find(standing.subscription->plan);
    if (!plan || plan->type != PlanType::Usage)
        return {};
    base::Money cost = priceIn(*plan, service);
    cost.minor *= amount;
    return cost;
}

QString billingPeriodOf(const QDateTime &time)
{
    return time.toUTC().toString(QStringLiteral("yyyy-MM"));
}

bool isBillingPeriod(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^[0-9]{4}-(0[1-9]|1[0-2])$"));
    return form.match(text).hasMatch();
}

qint64 minutesOf(int seconds)
{
    constexpr int kMinute = 60;
    return (seconds + kMinute - 1) / kMinute;
}

} // namespace server::core
