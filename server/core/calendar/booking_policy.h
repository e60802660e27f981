// How many appointments may lie at one time.
#pragma once

#include "shared/base/result.h"

#include <QString>

#include <optional>

namespace server::core {

enum class BookingRule {
    Strict,   ///< one at a time
    Flexible, ///< up to a number
    Unlimited ///< any number
};

QString toText(BookingRule rule);
std::optional<BookingRule> bookingRuleFromText(const QString &text);

struct BookingPolicy
{
    static constexpr int kMostEmployees = 100;
    static constexpr int kMostConcurrent = 50;

    int employeeCount = 1; ///< 1 to 100; bounds `maxConcurrent`, takes no part in a decision
    int maxConcurrent = 1; ///< 1 to 50
    BookingRule rule = BookingRule::Strict;
    bool allowOverbooking = false;

    /// Whether one more may be booked where `overlapping` are.
    bool permits(int overlapping) const;
    /// Fault::Invalid when the numbers contradict the rule.
    base::Result<> check() const;
    bool operator==(const BookingPolicy &) const = default;
};

/// The name of a company whose owner never gave one: "ann@example.com" has "Ann Company".
QString defaultCompanyName(const QString &email);

} // namespace server::core
