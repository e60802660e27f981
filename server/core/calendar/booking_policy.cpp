#include "server/core/calendar/booking_policy.h"

#include <array>

namespace server::core {

namespace {

constexpr std::array<const char *, 3> kRules{"strict", "flexible", "unlimited"};

} // namespace

QString toText(BookingRule rule)
{
    return QLatin1String(kRules.at(size_t(rule)));
}

std::optional<BookingRule> bookingRuleFromText(const QString &text)
{
    for (size_t i = 0; i < kRules.size(); ++i) {
        if (text == QLatin1String(kRules.at(i)))
            return BookingRule(i);
    }
    return std::nullopt;
}

bool BookingPolicy::permits(int overlapping) const
{
    if (allowOverbooking || rule == BookingRule::Unlimited)
        return true;
    return overlapping < (rule == BookingRule::Flexible ? maxConcurrent : 1);
}

base::Result<> BookingPolicy::check() const
{
    if (rule == BookingRule::Strict && maxConcurrent > 1)
        return base::fail(
            base::Fault::Invalid,
            QStringLiteral("Strict policy only allows 1 concurrent booking per time slot"));
    if (rule == BookingRule::Flexible && maxConcurrent > 2 * employeeCount)
        return base::fail(
            base::Fault::Invalid,
            QStringLiteral("Flexible policy should not exceed 2x the number of employees"));
    return {};
}

QString defaultCompanyName(const QString &email)
{
    QString local = email.section(QLatin1Char('@'), 0, 0).toLower();
    if (!local.isEmpty())
        local.replace(0, 1, local.at(0).toUpper());
    return local + QStringLiteral(" Company");
}

} // namespace server::core
