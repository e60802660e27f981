#include "server/core/plans/plan.h"

#include <QJsonArray>

#include <array>
#include <limits>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

struct TypeName
{
    PlanType type;
    const char *name;
    int days; ///< of one period
};

constexpr std::array<TypeName, 7> kTypes{{{PlanType::Trial, "trial", 0},
                                          {PlanType::Weekly, "weekly", 7},
                                          {PlanType::Monthly, "monthly", 30},
                                          {PlanType::Yearly, "yearly", 365},
                                          {PlanType::Usage, "usage", 0},
                                          {PlanType::Addon, "addon", 0},
                                          {PlanType::Staff, "staff", 0}}};

const TypeName &nameOf(PlanType type)
{
    return kTypes[size_t(type)];
}

/// Takes fields out of one plan and remembers the first that is wrong.
class Reader
{
public:
    explicit Reader(const QJsonObject &object) : m_object(object) {}

    QString text(const char *name, bool mayBeEmpty = false)
    {
        const QJsonValue value = m_object.value(QLatin1String(name));
        if (!mayBeEmpty && value.toString().isEmpty())
            complain(name, QStringLiteral("is missing"));
        return value.toString();
    }
    int number(const char *name)
    {
        const QJsonValue value = m_object.value(QLatin1String(name));
        if (value.isUndefined())
            return 0;
        if (!isCount(value))
            complain(name, QStringLiteral("is no whole number from 0"));
        return value.toInt();
    }
    QStringList texts(const char *name)
    {
        QStringList all;
        for (const auto &value : m_object.value(QLatin1String(name)).toArray())
            all.append(value.toString());
        return all;
    }
    QJsonObject object(const char *name) { return m_object.value(QLatin1String(name)).toObject(); }
    /// "unlimited" or a whole number.
    std::optional<int> amount(const QJsonValue &value, const char *name)
    {
        if (value.toString() == QLatin1String("unlimited"))
            return std::nullopt;
        if (!isCount(value))
            complain(name, QStringLiteral("is neither \"unlimited\" nor a whole number"));
        return value.toInt();
    }
    void complain(const char *name, const QString &what)
    {
        if (m_complaint.isEmpty())
            m_complaint =
                QStringLiteral("plan '%1': %2 %3")
                    .arg(m_object.value(QLatin1String("id")).toString(), QLatin1String(name), what);
    }
    const QString &complaint() const { return m_complaint; }

private:
    static bool isCount(const QJsonValue &value)
    {
        return value.isDouble() && value.toInt(-1) >= 0;
    }

    const QJsonObject &m_object;
    QString m_complaint;
};

/// "30_days" or "1_year".
std::chrono::days storageOf(Reader &reader, const QString &text)
{
    constexpr int kYear = 365;
    const int count = text.section(QLatin1Char('_'), 0, 0).toInt();
    const QString unit = text.section(QLatin1Char('_'), 1);
    const bool isYears = unit == QLatin1String("year") || unit == QLatin1String("years");
    if (count < 1 || (!isYears && unit != QLatin1String("day") && unit != QLatin1String("days")))
        reader.complain("transcription_storage",
                        QStringLiteral("is no time such as \"30_days\" or \"1_year\""));
    return std::chrono::days(isYears ? count * kYear : count);
}

std::optional<CallQuota> quotaOf(Reader &reader, const QJsonObject &object)
{
    const QJsonValue value = object.value(QLatin1String("calls"));
    if (value.toString() == QLatin1String("unlimited"))
        return std::nullopt;
    const QJsonObject quota = value.toObject();
    const std::array<std::pair<const char *, CallWindow>, 4> windows{
        {{"trial", CallWindow::Trial},
         {"week", CallWindow::Week},
         {"month", CallWindow::Month},
         {"addon", CallWindow::Addon}}};
    const QString per = quota.value(QLatin1String("per")).toString();
    const int count = quota.value(QLatin1String("count")).toInt(-1);
    for (const auto &[name, window] : windows) {
        if (per == QLatin1String(name) && count >= 0)
            return CallQuota{count, window};
    }
    reader.complain("calls", QStringLiteral("is neither \"unlimited\" nor a count per trial, week, "
                                            "month or addon"));
    return std::nullopt;
}

} // namespace

QString toText(PlanType type)
{
    return QLatin1String(nameOf(type).name);
}

std::optional<PlanType> planTypeFromText(const QString &text)
{
    for (const TypeName &one : kTypes) {
        if (text == QLatin1String(one.name))
            return one.type;
    }
    return std::nullopt;
}

bool Plan::isSubscription() const
{
    return type == PlanType::Weekly || type == PlanType::Monthly || type == PlanType::Yearly
           || type == PlanType::Usage;
}

QString Plan::billingCycle() const
{
    return nameOf(type).days > 0 ? toText(type) : QString();
}

std::chrono::days Plan::period() const
{
    return std::chrono::days(nameOf(type).days);
}

Result<Plan> Plan::fromJson(const QJsonObject &object)
{
    Reader reader(object);
    Plan plan;
    plan.id = reader.text("id");
    plan.name = reader.text("name");
    const auto platform = platformFromText(reader.text("platform"));
    if (!platform)
        reader.complain("platform", QStringLiteral("is neither \"mobile\" nor \"web\""));
    plan.platform = platform.value_or(Platform::Web);
    const auto type = planTypeFromText(reader.text("type"));
    if (!type)
        reader.complain("type", QStringLiteral("is not known"));
    plan.type = type.value_or(PlanType::Monthly);
    plan.tier = reader.text("tier", plan.type == PlanType::Addon);
    const auto price = base::Money::parse(reader.text("price"), reader.text("currency"));
    if (!price)
        reader.complain("price", QStringLiteral("is no amount such as \"4.99\" with a currency"));
    plan.price = price.value_or(base::Money{});
    plan.calls = quotaOf(reader, object);
    plan.callDuration = std::chrono::seconds(reader.number("call_seconds"));
    if (plan.callDuration.count() == 0)
        reader.complain("call_seconds", QStringLiteral("is missing"));
    plan.trialLength = std::chrono::days(reader.number("trial_days"));
    plan.addonLength = std::chrono::days(reader.number("addon_days"));
    plan.features = reader.object("features");
    if (const auto minutes = plan.features.value(QLatin1String("voice_minutes"));
        !minutes.isUndefined())
        plan.voiceMinutes = reader.amount(minutes, "voice_minutes");
    plan.customScenarios = 0;
    if (const auto scenarios = plan.features.value(QLatin1String("custom_scenarios"));
        !scenarios.isUndefined())
        plan.customScenarios = reader.amount(scenarios, "custom_scenarios");
    plan.phoneNumbers = plan.features.value(QLatin1String("phone_numbers")).toInt();
    if (plan.type != PlanType::Addon)
        plan.transcriptStorage = storageOf(
            reader, plan.features.value(QLatin1String("transcription_storage")).toString());
    plan.callsText = reader.text("calls_text");
    plan.durationText = reader.text("duration_text");
    plan.description = reader.text("description", true);
    plan.offerName = reader.text("offer_name", true);
    plan.pricingKey = reader.text("pricing_key", true);
    plan.productIds = reader.texts("product_ids");
    plan.highlights = reader.texts("highlights");
    plan.upgradeTo = reader.texts("upgrade_to");
    plan.pricing = reader.object("pricing");
    plan.isHidden = object.value(QLatin1String("hidden")).toBool();
    if (!reader.complaint().isEmpty())
        return base::fail(Fault::Invalid, reader.complaint());
    return plan;
}

} // namespace server::core
