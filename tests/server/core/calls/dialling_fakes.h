// Rules of dialling that let every call pass, unless told otherwise.
#pragma once

#include "server/core/dialling/dialling_rules.h"

namespace calls_test {

using namespace server::core;

class FakeDialling final : public DiallingStore
{
public:
    base::Result<CallingRules> rulesOf(base::UserId owner) override
    {
        CallingRules found = rules;
        found.owner = owner;
        return found;
    }
    base::Result<> setRules(const CallingRules &changed, const QDateTime &) override
    {
        rules = changed;
        return {};
    }
    base::Result<TargetHistory> history(base::UserId, const QString &, const QDateTime &) override
    {
        return past;
    }
    CallingRules rules;
    TargetHistory past;
};

class FakeOptOuts final : public OptOutStore
{
public:
    base::Result<bool> add(const OptOut &optOut, const std::optional<AuditEntry> &) override
    {
        const bool isNew = !known;
        known = optOut;
        return isNew;
    }
    base::Result<std::optional<OptOut>> find(const QString &) override { return known; }
    base::Result<std::vector<OptOut>> search(const QString &, int, int) override
    {
        return std::vector<OptOut>();
    }
    base::Result<bool> remove(const QString &, const AuditEntry &) override { return false; }
    std::optional<OptOut> known;
};

} // namespace calls_test
