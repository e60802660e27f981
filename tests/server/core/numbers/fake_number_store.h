// Numbers and purchases, in memory.
#pragma once

#include "server/core/numbers/number_ports.h"

#include <algorithm>
#include <map>

namespace tests {

using base::Fault;
using base::Result;
using base::UserId;

class FakeNumberStore final : public server::core::NumberStore
{
public:
    using Number = server::core::OwnedNumber;
    using Purchase = server::core::NumberPurchase;

    Result<std::optional<Number>> findActive(const QString &e164) override
    {
        for (const Number &one : numbers) {
            if (one.isActive && one.e164 == e164)
                return one;
        }
        return std::nullopt;
    }
    Result<std::optional<Number>> primaryOf(UserId user) override
    {
        const auto own = ofOwner(user);
        return own->empty() ? std::nullopt : std::optional(own->front());
    }
    Result<std::vector<Number>> ofOwner(UserId owner) override
    {
        std::vector<Number> own;
        for (const Number &one : numbers) {
            if (one.isActive && one.owner == owner)
                own.push_back(one);
        }
        return own;
    }
    Result<> beginPurchase(const Purchase &purchase, int limit,
                           const QDateTime &aliveSince) override
    {
        const auto alive = std::count_if(purchases.begin(), purchases.end(), [&](const auto &one) {
            return one.second.user == purchase.user && one.second.begunAt >= aliveSince;
        });
        if (qint64(ofOwner(purchase.user)->size()) + alive >= limit)
            return base::fail(Fault::LimitReached, {});
        purchases[purchase.marker] = purchase;
        return {};
    }
    Result<Number> completePurchase(const QString &marker, const Number &number) override
    {
        if (completion)
            return tl::unexpected<base::Error>(*completion);
        purchases.erase(marker);
        numbers.push_back(number);
        numbers.back().id = qint64(numbers.size());
        return numbers.back();
    }
    Result<> endPurchase(const QString &marker) override
    {
        purchases.erase(marker);
        return {};
    }
    Result<std::vector<Purchase>> giveUpPurchases(const QDateTime &before) override
    {
        std::vector<Purchase> old;
        for (const auto &[marker, purchase] : purchases) {
            if (purchase.begunAt < before)
                old.push_back(purchase);
        }
        return old;
    }
    Result<bool> deactivate(UserId owner, const QString &e164) override
    {
        for (Number &one : numbers) {
            if (one.owner == owner && one.e164 == e164 && one.isActive) {
                one.isActive = false;
                return true;
            }
        }
        return false;
    }
    Result<std::vector<Number>> orphans() override
    {
        std::vector<Number> found;
        for (const Number &one : numbers) {
            if (!one.owner.isValid())
                found.push_back(one);
        }
        return found;
    }
    Result<> forget(qint64 id) override
    {
        std::erase_if(numbers, [id](const Number &one) { return one.id == id; });
        return {};
    }

    std::vector<Number> numbers;
    std::map<QString, Purchase> purchases;
    std::optional<base::Error> completion; ///< what completePurchase() fails with
};

} // namespace tests
