// Accounts at the phone network, in memory.
#pragma once

#include "server/core/numbers/phone_account.h"

#include <map>

namespace tests {

using base::Fault;
using base::Result;
using base::UserId;

/// Users without an own account have the service's.
class FakePhoneAccounts final : public server::core::PhoneAccounts
{
public:
    using Account = server::core::PhoneAccount;

    const Account &service() const override { return main; }
    Result<Account> ofUser(UserId user) override
    {
        const auto found = own.find(user.value);
        return found == own.end() ? main : found->second;
    }
    Result<Account> ofNumber(const QString &e164) override
    {
        const auto found = numbers.find(e164);
        return found == numbers.end() ? main : found->second;
    }
    Result<Account> ofCall(const QString &callSid) override { return ofNumber(calls[callSid]); }
    Result<std::optional<Account>> find(UserId user, const QString &accountSid) override
    {
        const Account account = accountSid == main.sid ? main : *ofUser(user);
        return account.sid == accountSid ? std::optional(account) : std::nullopt;
    }
    Result<std::vector<base::Secret>> signersOf(const server::core::SignedFacts &facts) override
    {
        asked.push_back(facts);
        const auto account = ofNumber(facts.ourNumber);
        if (account->sid != facts.accountSid || account->sid == main.sid)
            return std::vector<base::Secret>();
        return std::vector{account->token};
    }
    Result<std::vector<base::Secret>> streamSigners(const QDateTime &) override { return waiting; }

    Account main{QStringLiteral("AC") + QString(32, QLatin1Char('0')), base::Secret("main token")};
    std::map<qint64, Account> own;
    std::map<QString, Account> numbers;
    std::map<QString, QString> calls; ///< by sid: our number
    std::vector<base::Secret> waiting;
    std::vector<server::core::SignedFacts> asked;
};

} // namespace tests
