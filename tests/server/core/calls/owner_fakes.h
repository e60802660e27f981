// What the owner of calls has: scenarios, a calendar, a number, a way of taking turns. User 7 does.
#pragma once

#include "server/core/calls/call_service.h"

namespace calls_test {

using namespace server::core;

inline const QString kOwnNumber = QStringLiteral("+14155550107"); ///< of user 7

/// One scenario of user 7's own.
class FakeCustomScenarios final : public CustomScenarioStore
{
public:
    base::Result<> add(const CustomScenario &, std::optional<int>) override { return {}; }
    base::Result<std::optional<CustomScenario>> find(base::UserId owner, const QString &id) override
    {
        if (owner.value != 7 || id != QLatin1String("custom_7_a"))
            return std::optional<CustomScenario>();
        CustomScenario own;
        own.id = id;
        own.persona = QStringLiteral("You are a lighthouse keeper.");
        own.prompt = QStringLiteral("Tell of the storm.");
        own.voiceType = QStringLiteral("sage");
        return std::optional(own);
    }
    base::Result<std::vector<CustomScenario>> ofOwner(base::UserId) override
    {
        return std::vector<CustomScenario>();
    }
    base::Result<bool> update(const CustomScenario &) override { return false; }
    base::Result<bool> remove(base::UserId, const QString &) override { return false; }
    base::Result<std::vector<CustomScenarioVersion>> versions(base::UserId,
                                                              const QString &) override
    {
        return std::vector<CustomScenarioVersion>();
    }
    base::Result<std::optional<CustomScenarioVersion>> version(base::UserId, const QString &,
                                                               qint64) override
    {
        return std::optional<CustomScenarioVersion>();
    }
};

/// User 7 has a calendar, unless told otherwise.
class FakeBriefings final : public CalendarBriefings
{
public:
    base::Result<std::optional<CalendarBriefing>> briefingFor(base::UserId owner,
                                                              bool withTimes) override
    {
        asked.push_back(withTimes);
        if (withTimes && failsWith)
            return base::fail(*failsWith, QStringLiteral("invalid_grant"));
        if (!isConnected || owner.value != 7)
            return std::optional<CalendarBriefing>();
        return std::optional(
            CalendarBriefing{QStringLiteral("America/New_York"),
                             withTimes ? QStringLiteral("Free: Monday at nine.") : QString()});
    }
    bool isConnected = true;
    std::optional<base::Fault> failsWith;
    std::vector<bool> asked;
};

/// User 7 has a number of their own, if told so.
class FakeNumbers final : public NumberDirectory
{
public:
    base::Result<std::optional<OwnedNumber>> findActive(const QString &e164) override
    {
        return hasNumber && e164 == kOwnNumber ? std::optional(number()) : std::nullopt;
    }
    base::Result<std::optional<OwnedNumber>> primaryOf(base::UserId user) override
    {
        return hasNumber && user.value == 7 ? std::optional(number()) : std::nullopt;
    }
    bool hasNumber = false;

private:
    static OwnedNumber number()
    {
        OwnedNumber own;
        own.owner = {7};
        own.e164 = kOwnNumber;
        return own;
    }
};

class FakeVadPreferences final : public VadPreferences
{
public:
    base::Result<std::optional<TurnDetection>> find(base::UserId) override { return chosen; }
    base::Result<> set(base::UserId, const TurnDetection &detection, const QDateTime &) override
    {
        chosen = detection;
        return {};
    }
    std::optional<TurnDetection> chosen;
};

} // namespace calls_test
