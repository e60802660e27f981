// A phone network that sells numbers, in memory.
#pragma once

#include "server/core/numbers/number_market.h"

#include <algorithm>

namespace tests {

using base::Fault;
using base::Result;
using base::UserId;

/// Sells +14155550110 and up. `buys` strike one purchase each, in order.
class FakeMarket final : public server::core::NumberMarket
{
public:
    using Account = server::core::PhoneAccount;
    using Number = server::core::NetworkNumber;
    enum class Strike { None, Refuse, LoseOrder, LoseAnswer };

    Result<server::core::NetworkAccount> look(const Account &account) override
    {
        if (account.token.reveal() == "wrong")
            return base::fail(Fault::Unauthenticated, {});
        return server::core::NetworkAccount{account.sid, status, {}, {}};
    }
    Result<server::core::NetworkAccount> lookWithBalance(const Account &account) override
    {
        return look(account);
    }
    Result<std::vector<server::core::AvailableNumber>> search(const Account &, const QString &area,
                                                              int limit) override
    {
        std::vector<server::core::AvailableNumber> found;
        for (int i = 0; i < limit && area != QLatin1String("999"); ++i)
            found.push_back({numberAt(i), {}, {}, {}, true, true});
        return found;
    }
    Result<Number> buy(const Account &account, const QString &e164, const QString &name) override
    {
        const Strike strike = buys.empty() ? Strike::None : buys.front();
        if (!buys.empty())
            buys.erase(buys.begin());
        if (strike == Strike::Refuse || has(e164))
            return base::fail(Fault::Invalid, QStringLiteral("not available"),
                              QStringLiteral("not available"));
        if (strike == Strike::LoseOrder)
            return base::fail(Fault::Timeout, QStringLiteral("no answer"));
        Number number{QStringLiteral("PN%1").arg(++m_sold), e164, name, {}, true, true};
        sold.emplace_back(account.sid, number);
        if (strike == Strike::LoseAnswer)
            return base::fail(Fault::Upstream, QStringLiteral("connection lost"));
        return number;
    }
    Result<> release(const Account &account, const QString &sid) override
    {
        if (isDown)
            return base::fail(Fault::Upstream, QStringLiteral("down"));
        std::erase_if(sold, [&](const auto &one) {
            return one.first == account.sid && one.second.sid == sid;
        });
        return {};
    }
    Result<std::optional<Number>> find(const Account &account, const QString &sid) override
    {
        if (isDown)
            return base::fail(Fault::Upstream, QStringLiteral("down"));
        for (const auto &[owner, number] : sold) {
            if (owner == account.sid && number.sid == sid)
                return number;
        }
        return std::nullopt;
    }
    Result<std::vector<Number>> named(const Account &account, const QString &name) override
    {
        if (isDown)
            return base::fail(Fault::Upstream, QStringLiteral("down"));
        std::vector<Number> found;
        for (const auto &[owner, number] : sold) {
            if (owner == account.sid && number.friendlyName == name)
                found.push_back(number);
        }
        return found;
    }
    Result<std::optional<Number>> byNumber(const Account &account, const QString &e164) override
    {
        for (const auto &[owner, number] : sold) {
            if (owner == account.sid && number.e164 == e164)
                return number;
        }
        return std::nullopt;
    }

    static QString numberAt(int index)
    {
        return QStringLiteral("+1415555%1").arg(110 + index, 4, 10, QLatin1Char('0'));
    }
    bool has(const QString &e164) const
    {
        return std::any_of(sold.begin(), sold.end(),
                           [&](const auto &one) { return one.second.e164 == e164; });
    }

    std::vector<std::pair<QString, Number>> sold; ///< account and number
    std::vector<Strike> buys;
    bool isDown = false; ///< for everything but search and purchase
    QString status = QStringLiteral("active");

private:
    int m_sold = 0;
};

} // namespace tests
