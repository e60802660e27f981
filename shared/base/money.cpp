#include "shared/base/money.h"

#include <QRegularExpression>

namespace base {

std::optional<Money> Money::parse(const QString &decimal, const QString &currency)
{
    static const QRegularExpression form(QStringLiteral("^([0-9]{1,12})(?:\\.([0-9]{1,2}))?$"));
    const auto match = form.match(decimal);
    if (!match.hasMatch() || currency.size() != 3)
        return std::nullopt;
    const QString cents = match.captured(2).leftJustified(2, QLatin1Char('0'));
    return Money{match.captured(1).toLongLong() * 100 + cents.toLongLong(), currency.toLower()};
}

QString Money::toDecimal() const
{
    const qint64 whole = qAbs(minor);
    return QStringLiteral("%1%2.%3")
        .arg(minor < 0 ? QStringLiteral("-") : QString())
        .arg(whole / 100)
        .arg(whole % 100, 2, 10, QLatin1Char('0'));
}

QString Money::toDisplay() const
{
    return currency == QLatin1String("usd") ? QLatin1Char('$') + toDecimal()
                                            : toDecimal() + QLatin1Char(' ') + currency.toUpper();
}

} // namespace base
