#include "server/api/onboarding_json.h"

#include "server/api/json_values.h"
#include "server/api/usage_json.h"

namespace server::api {

using core::Progress;
using core::Step;

namespace {

const QString kComplete = QStringLiteral("complete");

QJsonValue textOrNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue(QJsonValue::Null) : QJsonValue(text);
}

/// The client's key of a step in the status object.
QString keyOf(Step step)
{
    switch (step) {
    case Step::PhoneSetup:
        return QStringLiteral("phoneSetup");
    case Step::Calendar:
        return QStringLiteral("calendar");
    case Step::Scenarios:
        return QStringLiteral("scenarios");
    case Step::WelcomeCall:
        break;
    }
    return QStringLiteral("welcomeCall");
}

QJsonArray doneSteps(const Progress &progress, QString (*name)(Step))
{
    QJsonArray names;
    for (const Step step : core::kSteps) {
        if (progress.isDone(step))
            names.append(name(step));
    }
    return names;
}

QString currentStep(const Progress &progress, QString (*name)(Step))
{
    const auto step = progress.current();
    return step ? name(*step) : kComplete;
}

/// The mobile app's view. When the onboarding is over it shows every step as behind its user, also
/// those that a first call made needless.
QJsonObject mobileView(const Progress &progress)
{
    if (progress.isOver()) {
        QJsonArray all;
        for (const Step step : core::kSteps)
            all.append(toMobileText(step));
        return {{QStringLiteral("needsOnboarding"), false},
                {QStringLiteral("currentStep"), kComplete},
                {QStringLiteral("completedSteps"), all},
                {QStringLiteral("progress"), 1.0},
                {QStringLiteral("nextStep"), QJsonValue::Null},
                {QStringLiteral("readyForFirstCall"), false}};
    }
    const auto next = progress.next();
    return {{QStringLiteral("needsOnboarding"), true},
            {QStringLiteral("currentStep"), currentStep(progress, core::toMobileText)},
            {QStringLiteral("completedSteps"), doneSteps(progress, core::toMobileText)},
            {QStringLiteral("progress"), progress.share()},
            {QStringLiteral("nextStep"), next ? QJsonValue(toMobileText(*next)) : QJsonValue::Null},
            {QStringLiteral("readyForFirstCall"),
             progress.isAvailable(Step::WelcomeCall) && !progress.isDone(Step::WelcomeCall)}};
}

} // namespace

QJsonObject toStatusJson(base::UserId user, const Progress &progress)
{
    constexpr double kPercent = 100.0;
    QJsonObject steps;
    for (const Step step : core::kSteps)
        steps.insert(keyOf(step),
                     QJsonObject{{QStringLiteral("completed"), progress.isDone(step)},
                                 {QStringLiteral("available"), progress.isAvailable(step)},
                                 {QStringLiteral("title"), core::titleOf(step)},
                                 {QStringLiteral("description"), core::descriptionOf(step)}});
    return {{QStringLiteral("userId"), user.value},
            {QStringLiteral("currentStep"), currentStep(progress, core::toText)},
            {QStringLiteral("completionPercentage"), progress.share() * kPercent},
            {QStringLiteral("steps"), steps},
            {QStringLiteral("isComplete"), progress.isComplete()},
            {QStringLiteral("startedAt"), naiveTime(progress.record().startedAt)},
            {QStringLiteral("completedAt"), naiveTime(progress.record().completedAt)}};
}

QJsonObject toOverviewJson(base::UserId user, const Progress &progress)
{
    QJsonObject all = toStatusJson(user, progress);
    add(all,
        {{QStringLiteral("current_step"), all.value(QLatin1String("currentStep"))},
         {QStringLiteral("steps_completed"), doneSteps(progress, core::toText)},
         {QStringLiteral("progress_percentage"), all.value(QLatin1String("completionPercentage"))},
         {QStringLiteral("next_action"), progress.nextAction().action},
         {QStringLiteral("started_at"), all.value(QLatin1String("startedAt"))},
         {QStringLiteral("completed_at"), all.value(QLatin1String("completedAt"))}});
    add(all, mobileView(progress));
    return all;
}

QJsonObject toJson(const core::NextAction &action)
{
    return {{QStringLiteral("title"), action.title},
            {QStringLiteral("description"), action.description},
            {QStringLiteral("action"), action.action},
            {QStringLiteral("endpoint"), action.endpoint},
            {QStringLiteral("priority"), action.priority}};
}

QJsonArray toJson(const std::vector<core::ConnectedProvider> &providers)
{
    QJsonArray all;
    for (const core::ConnectedProvider &provider : providers)
        all.append(QJsonObject{{QStringLiteral("id"), provider.id},
                               {QStringLiteral("provider"), provider.provider},
                               {QStringLiteral("is_connected"), provider.isConnected},
                               {QStringLiteral("connected_at"), naiveTime(provider.connectedAt)}});
    return all;
}

QJsonObject toSessionJson(const QString &id, const core::AnonymousSession &session)
{
    return {{QStringLiteral("session_id"), id},
            {QStringLiteral("user_name"), textOrNull(session.name)},
            {QStringLiteral("selected_scenario_id"), textOrNull(session.scenario)},
            {QStringLiteral("is_completed"), session.isCompleted},
            {QStringLiteral("created_at"), naiveTime(session.createdAt)},
            {QStringLiteral("expires_at"), naiveTime(session.expiresAt)}};
}

QJsonObject toMobileStatusJson(const QString &id, const core::AnonymousSession &session)
{
    QJsonArray done;
    for (const core::MobileStep step : session.doneSteps())
        done.append(toText(step));
    QJsonValue profile = QJsonValue::Null;
    if (session.isProfileDone)
        profile =
            QJsonObject{{QStringLiteral("name"), session.name},
                        {QStringLiteral("phone_number"), session.phoneNumber},
                        {QStringLiteral("preferred_voice"), session.voice},
                        {QStringLiteral("notifications_enabled"), session.wantsNotifications}};
    return {{QStringLiteral("sessionId"), id},
            {QStringLiteral("currentStep"), session.currentStep},
            {QStringLiteral("completedSteps"), done},
            {QStringLiteral("progress"), session.share()},
            {QStringLiteral("readyForRegistration"), session.isRegistrable()},
            {QStringLiteral("profileData"), profile}};
}

} // namespace server::api
