#include "server/core/payments/payment.h"

#include <array>

namespace server::core {

namespace {

constexpr std::array<const char *, 4> kPaymentStatuses{"pending", "succeeded", "failed",
                                                       "refunded"};
constexpr std::array<const char *, 3> kTypes{"subscription", "usage", "one_time"};

template <typename Enum, size_t size>
std::optional<Enum> fromText(const std::array<const char *, size> &names, const QString &text)
{
    for (size_t i = 0; i < size; ++i) {
        if (text == QLatin1String(names[i]))
            return Enum(i);
    }
    return std::nullopt;
}

} // namespace

QString toText(PaymentStatus status)
{
    return QLatin1String(kPaymentStatuses[size_t(status)]);
}

std::optional<PaymentStatus> paymentStatusFromText(const QString &text)
{
    return fromText<PaymentStatus>(kPaymentStatuses, text);
}

QString toText(PaymentType type)
{
    return QLatin1String(kTypes[size_t(type)]);
}

std::optional<PaymentType> paymentTypeFromText(const QString &text)
{
    return fromText<PaymentType>(kTypes, text);
}

bool mayFollow(PaymentStatus current, PaymentStatus next)
{
    if (current == PaymentStatus::Refunded)
        return false;
    return current != PaymentStatus::Succeeded || next == PaymentStatus::Refunded;
}

} // namespace server::core
