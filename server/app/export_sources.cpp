#include "server/app/export_sources.h"

#include "server/core/calls/call_view.h"
#include "shared/protocol/json_reader.h"

#include <QJsonArray>

namespace server::app {

using base::Result;
using base::UserId;
using protocol::toWireTimeOrNull;

namespace {

constexpr int kRowsAtOnce = 200;

/// Page after page, until one is not full.
template <typename Read, typename ToJson>
Result<QJsonValue> all(Read read, ToJson toJson)
{
    QJsonArray list;
    for (;;) {
        const auto rows = read(kRowsAtOnce, int(list.size()));
        if (!rows)
            return failed(rows);
        for (const auto &row : *rows) {
            const Result<QJsonObject> item = toJson(row);
            if (!item)
                return failed(item);
            list.append(*item);
        }
        if (rows->size() < size_t(kRowsAtOnce))
            return list;
    }
}

/// As GET /calls shows it, with "detail": transcript, latency and timeline, or null for a call that
/// left none.
Result<QJsonObject> callJson(core::CallStore &store, const core::Call &call)
{
    const auto detail = store.detail(call.id);
    if (!detail)
        return failed(detail);
    QJsonObject item = core::ownerViewOf(call);
    item.insert(QStringLiteral("detail"), *detail ? QJsonValue((*detail)->toJson()) : QJsonValue());
    return item;
}

QJsonValue subscriptionJson(const std::optional<core::Subscription> &subscription)
{
    if (!subscription)
        return {};
    return QJsonObject{
        {QStringLiteral("plan"), subscription->plan},
        {QStringLiteral("status"), toText(subscription->status)},
        {QStringLiteral("source"), subscription->source},
        {QStringLiteral("started_at"), toWireTimeOrNull(subscription->startedAt)},
        {QStringLiteral("ends_at"), toWireTimeOrNull(subscription->endsAt)},
        {QStringLiteral("last_payment_at"), toWireTimeOrNull(subscription->lastPaymentAt)}};
}

QJsonObject usageJson(const core::Standing &standing)
{
    const core::Counters &used = standing.counters;
    return {{QStringLiteral("trial_started_at"), toWireTimeOrNull(standing.trialStartedAt)},
            {QStringLiteral("trial_ends_at"), toWireTimeOrNull(standing.trialEndsAt)},
            {QStringLiteral("trial_calls_used"), standing.trialUsed},
            {QStringLiteral("addon_calls_remaining"), standing.addonCalls},
            {QStringLiteral("addon_calls_expiry"), toWireTimeOrNull(standing.addonExpiresAt)},
            {QStringLiteral("subscription"), subscriptionJson(standing.subscription)},
            {QStringLiteral("week_start"), toWireTimeOrNull(used.weekStart)},
            {QStringLiteral("month_start"), toWireTimeOrNull(used.monthStart)},
            {QStringLiteral("calls_made_today"), used.callsToday},
            {QStringLiteral("calls_made_this_week"), used.callsWeek},
            {QStringLiteral("calls_made_this_month"), used.callsMonth},
            {QStringLiteral("calls_made_total"), used.callsTotal},
            {QStringLiteral("total_call_duration_this_week"), used.secondsWeek},
            {QStringLiteral("total_call_duration_this_month"), used.secondsMonth}};
}

QJsonObject scheduleJson(const core::ScheduledCall &call)
{
    return {{QStringLiteral("id"), call.id},
            {QStringLiteral("phone_number"), call.phoneNumber},
            {QStringLiteral("scenario"), call.scenario},
            {QStringLiteral("scheduled_time"), toWireTimeOrNull(call.dueAt)},
            {QStringLiteral("status"), toText(call.status)},
            {QStringLiteral("note"), call.note},
            {QStringLiteral("created_at"), toWireTimeOrNull(call.createdAt)}};
}

QJsonObject scenarioJson(const core::CustomScenario &scenario)
{
    return {{QStringLiteral("id"), scenario.id},
            {QStringLiteral("name"), scenario.name},
            {QStringLiteral("persona"), scenario.persona},
            {QStringLiteral("prompt"), scenario.prompt},
            {QStringLiteral("voice_type"), scenario.voiceType},
            {QStringLiteral("temperature"), scenario.temperature},
            {QStringLiteral("created_at"), toWireTimeOrNull(scenario.createdAt)},
            {QStringLiteral("updated_at"), toWireTimeOrNull(scenario.updatedAt)}};
}

Result<QJsonValue> scenariosOf(core::CustomScenarioStore &store, UserId user)
{
    const auto scenarios = store.ofOwner(user);
    if (!scenarios)
        return failed(scenarios);
    QJsonArray list;
    for (const core::CustomScenario &scenario : *scenarios)
        list.append(scenarioJson(scenario));
    return list;
}

Result<QJsonValue> onboardingOf(core::OnboardingStore &store, UserId user)
{
    const auto record = store.find(user);
    if (!record)
        return failed(record);
    const auto profile = store.profileOf(user);
    if (!profile)
        return failed(profile);
    const auto providers = store.providersOf(user);
    if (!providers)
        return failed(providers);
    QJsonArray steps;
    for (const core::Step step : core::kSteps) {
        if (record->done.contains(step))
            steps.append(core::toText(step));
    }
    QJsonArray connected;
    for (const core::ConnectedProvider &provider : *providers)
        connected.append(
            QJsonObject{{QStringLiteral("provider"), provider.provider},
                        {QStringLiteral("is_connected"), provider.isConnected},
                        {QStringLiteral("connected_at"), toWireTimeOrNull(provider.connectedAt)}});
    const auto textOrNull = [](const std::optional<QString> &text) {
        return text ? QJsonValue(*text) : QJsonValue();
    };
    return QJsonObject{
        {QStringLiteral("started_at"), toWireTimeOrNull(record->startedAt)},
        {QStringLiteral("completed_at"), toWireTimeOrNull(record->completedAt)},
        {QStringLiteral("steps_completed"), steps},
        {QStringLiteral("phone_number"), textOrNull(profile->phoneNumber)},
        {QStringLiteral("preferred_voice"), textOrNull(profile->voice)},
        {QStringLiteral("notifications_enabled"),
         profile->wantsNotifications ? QJsonValue(*profile->wantsNotifications) : QJsonValue()},
        {QStringLiteral("providers"), connected}};
}

} // namespace

std::vector<core::ExportSource> exportSources(const ExportStores &stores)
{
    return {
        {QStringLiteral("calls"),
         [stores](UserId user) {
             return all(
                 [&](int limit, int offset) { return stores.calls.ofOwner(user, limit, offset); },
                 [&](const core::Call &call) { return callJson(stores.calls, call); });
         }},
        {QStringLiteral("usage"),
         [stores](UserId user) -> Result<QJsonValue> {
             const auto standing = stores.usage.standing(user, stores.now());
             if (!standing)
                 return failed(standing);
             return usageJson(*standing);
         }},
        {QStringLiteral("schedules"),
         [stores](UserId user) {
             return all([&](int limit,
                            int offset) { return stores.schedules.ofOwner(user, limit, offset); },
                        [](const core::ScheduledCall &call) -> Result<QJsonObject> {
                            return scheduleJson(call);
                        });
         }},
        {QStringLiteral("custom_scenarios"),
         [stores](UserId user) { return scenariosOf(stores.scenarios, user); }},
        {QStringLiteral("onboarding"),
         [stores](UserId user) { return onboardingOf(stores.onboarding, user); }}};
}

} // namespace server::app
