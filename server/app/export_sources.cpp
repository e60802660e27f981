#include "server/app/export_sources.h"

#include "server/api/transcripts_json.h"
#include "server/app/export_pages.h"
#include "server/core/calls/call_view.h"
#include "shared/protocol/json_reader.h"

#include <QJsonArray>

namespace server::app {

using base::Result;
using base::UserId;
using protocol::toWireTimeOrNull;

namespace {

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
            {QStringLiteral("ai_disclosure"),
             scenario.aiDisclosure ? QJsonValue(toText(*scenario.aiDisclosure)) : QJsonValue()},
            {QStringLiteral("version"), scenario.version},
            {QStringLiteral("created_at"), toWireTimeOrNull(scenario.createdAt)},
            {QStringLiteral("updated_at"), toWireTimeOrNull(scenario.updatedAt)}};
}

Result<QJsonValue> scenariosOf(core::CustomScenarioStore &store, UserId user)
{
    const auto scenarios = store.ofOwner(user);
    if (!scenarios)
        return failed(scenarios);
    QJsonArray list;
    for (const core::CustomScenario &scenario : *scenarios) {
        const auto versions = store.versions(user, scenario.id);
        if (!versions)
            return failed(versions);
        QJsonArray saves;
        for (const core::CustomScenarioVersion &version : *versions)
            saves.append(scenarioJson(version.content));
        QJsonObject object = scenarioJson(scenario);
        object.insert(QStringLiteral("versions"), saves);
        list.append(object);
    }
    return list;
}

Result<QJsonValue> callingRulesOf(core::DiallingStore &store, UserId user)
{
    const auto rules = store.rulesOf(user);
    if (!rules)
        return failed(rules);
    return core::toJson(*rules);
}

Result<QJsonValue> numbersOf(core::NumberStore &store, UserId user)
{
    const auto numbers = store.ofOwner(user);
    if (!numbers)
        return failed(numbers);
    QJsonArray list;
    for (const core::OwnedNumber &number : *numbers)
        list.append(QJsonObject{
            {QStringLiteral("phone_number"), number.e164},
            {QStringLiteral("friendly_name"), number.friendlyName},
            {QStringLiteral("provisioned_at"), toWireTimeOrNull(number.provisionedAt)}});
    return list;
}

/// Never with its token.
Result<QJsonValue> ownAccountOf(core::OwnAccountStore &store, UserId user)
{
    const auto account = store.ownAccount(user);
    if (!account)
        return failed(account);
    if (!*account)
        return QJsonValue();
    return QJsonObject{{QStringLiteral("account_sid"), (*account)->accountSid},
                       {QStringLiteral("phone_number"), (*account)->phoneNumber},
                       {QStringLiteral("connected_at"), toWireTimeOrNull((*account)->connectedAt)}};
}

Result<QJsonValue> vadConfigOf(core::VadPreferences &preferences, UserId user)
{
    const auto chosen = preferences.find(user);
    if (!chosen)
        return failed(chosen);
    return *chosen ? QJsonValue((*chosen)->toSettings()) : QJsonValue();
}

Result<QJsonValue> transcriptsOf(core::TranscriptStore &store, UserId user)
{
    return allPages(
        [&](int limit, int offset) {
            core::TranscriptQuery query;
            query.limit = limit;
            query.offset = offset;
            return store.ofOwner(user, query);
        },
        [](const core::Transcript &transcript) -> Result<QJsonObject> {
            return api::enhancedDetailJson(transcript);
        });
}

Result<QJsonValue> appointmentsOf(core::BookingStore &store, UserId user)
{
    const auto bookings = store.ofOwner(user);
    if (!bookings)
        return failed(bookings);
    QJsonArray list;
    for (const core::Reservation &booking : *bookings)
        list.append(
            QJsonObject{{QStringLiteral("event_id"), booking.eventId},
                        {QStringLiteral("summary"), booking.summary},
                        {QStringLiteral("start"), toWireTimeOrNull(booking.range.start)},
                        {QStringLiteral("end"), toWireTimeOrNull(booking.range.end)},
                        {QStringLiteral("confirmed_at"), toWireTimeOrNull(booking.confirmedAt)}});
    return list;
}

Result<QJsonValue> bookingConfigOf(core::BookingConfigStore &store, UserId user)
{
    const auto config = store.find(user);
    if (!config)
        return failed(config);
    if (!*config)
        return QJsonValue();
    const core::BookingPolicy &policy = (*config)->policy;
    return QJsonObject{{QStringLiteral("employee_count"), policy.employeeCount},
                       {QStringLiteral("max_concurrent_bookings"), policy.maxConcurrent},
                       {QStringLiteral("booking_policy"), toText(policy.rule)},
                       {QStringLiteral("allow_overbooking"), policy.allowOverbooking},
                       {QStringLiteral("timezone"), (*config)->timeZone}};
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
             return allPages(
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
             return allPages(
                 [&](int limit, int offset) {
                     return stores.schedules.ofOwner(user, limit, offset);
                 },
                 [](const core::ScheduledCall &call) -> Result<QJsonObject> {
                     return scheduleJson(call);
                 });
         }},
        {QStringLiteral("custom_scenarios"),
         [stores](UserId user) { return scenariosOf(stores.scenarios, user); }},
        {QStringLiteral("calling_rules"),
         [stores](UserId user) { return callingRulesOf(stores.dialling, user); }},
        {QStringLiteral("onboarding"),
         [stores](UserId user) { return onboardingOf(stores.onboarding, user); }},
        {QStringLiteral("phone_numbers"),
         [stores](UserId user) { return numbersOf(stores.numbers, user); }},
        {QStringLiteral("twilio_account"),
         [stores](UserId user) { return ownAccountOf(stores.ownAccounts, user); }},
        {QStringLiteral("appointments"),
         [stores](UserId user) { return appointmentsOf(stores.bookings, user); }},
        {QStringLiteral("booking_config"),
         [stores](UserId user) { return bookingConfigOf(stores.bookingConfigs, user); }},
        {QStringLiteral("vad_config"),
         [stores](UserId user) { return vadConfigOf(stores.vadPreferences, user); }},
        {QStringLiteral("transcripts"),
         [stores](UserId user) { return transcriptsOf(stores.transcripts, user); }}};
}

} // namespace server::app
