// Amounts of money, never in binary fractions.
#pragma once

#include <QString>

#include <compare>
#include <optional>

namespace base {

/// An amount in the currency's minor unit. Decimal text only at the edges.
struct Money
{
    qint64 minor = 0;                         ///< cents for "usd"
    QString currency = QStringLiteral("usd"); ///< ISO 4217, lower case, as Stripe writes it

    /// "49.99": digits, and at most two after the point; nothing else is money.
    static std::optional<Money> parse(const QString &decimal, const QString &currency);

    /// "49.99".
    QString toDecimal() const;
    /// "$49.99", or "49.99 EUR" for a currency without a sign of its own here.
    QString toDisplay() const;

    bool operator==(const Money &) const = default;
};

} // namespace base
