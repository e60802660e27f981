#include "tests/server/adapters/store/usage_fixture.h"

#include <atomic>

namespace tests {

using namespace server;

const QDateTime kUsageNow =
    QDateTime::fromString(QStringLiteral("2026-03-02T10:00:00.125Z"), Qt::ISODateWithMs);

core::PlanCatalogue plansIn(store::Database &database)
{
    store::SqlPlanStore plans(database);
    if (const auto followed = plans.follow(core::PlanCatalogue::builtin()); !followed)
        qFatal("%s", qPrintable(followed.error().cause));
    auto catalogue = plans.load();
    if (!catalogue)
        qFatal("%s", qPrintable(catalogue.error().message));
    return std::move(*catalogue);
}

base::UserId addUser(store::Database &database, const QString &name, core::Platform platform,
                     protocol::Role role)
{
    store::SqlAccountStore accounts(database);
    core::NewAccount account;
    account.email = account.emailKey = name + QStringLiteral("@example.com");
    account.authProvider = QStringLiteral("password");
    account.platform = platform;
    account.role = role;
    account.createdAt = kUsageNow;
    const auto created = accounts.create(account);
    if (!created)
        qFatal("%s", qPrintable(created.error().cause));
    return created->id;
}

core::Call draftFor(base::UserId owner)
{
    core::Call call;
    call.owner = owner;
    call.scenario = call.scenarioTitle = QStringLiteral("default");
    constexpr int kFirstNumber = 1'000;
    static std::atomic<int> numbers = kFirstNumber;
    call.phoneNumber = QStringLiteral("+1415555%1").arg(++numbers);
    call.ownNumber = QStringLiteral("+14155550100");
    call.durationLimit = std::chrono::seconds(3600);
    call.createdAt = kUsageNow;
    return call;
}

core::CallEnding endingAfter(base::CallId id, int seconds)
{
    core::CallEnding ending;
    ending.id = id;
    ending.reason = QStringLiteral("caller_hung_up");
    ending.answeredAt = kUsageNow;
    ending.endedAt = kUsageNow.addSecs(seconds);
    ending.detail.callId = id.value;
    return ending;
}

} // namespace tests
