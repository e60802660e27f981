#include "server/api/onboarding_session_api.h"

#include "server/api/captcha.h"
#include "server/api/onboarding_fields.h"
#include "server/api/onboarding_json.h"
#include "server/api/platform.h"
#include "server/api/request_parts.h"
#include "server/api/usage_json.h"
#include "shared/base/log.h"

namespace server::api {

using http::Request;
using http::Response;

namespace {

constexpr int kLongestSessionId = 100;
constexpr int kLongestScenarioTitle = 200;
constexpr int kShortestPassword = 8;
constexpr int kPagesInAll = 4;  // welcome, profile, tutorial, registration
constexpr int kStepsByName = 3; // name, scenario, complete

QString sessionId(QueryOrBody &fields)
{
    return fields.requiredString("session_id", QueryOrBody::Home::Query,
                                 {.max = kLongestSessionId});
}

/// The answer of one of the three steps by name: what it took, under `key`, and where it leads.
QJsonObject stepTaken(const char *key, const QString &value, const char *next, int step)
{
    return {{QStringLiteral("status"), QStringLiteral("success")},
            {QLatin1String(key), value},
            {QStringLiteral("next_step"), QLatin1String(next)},
            {QStringLiteral("current_step"), step},
            {QStringLiteral("total_steps"), kStepsByName}};
}

/// The profile as the iOS app sends it when it registers.
core::Profile onboardingData(const QJsonObject &data, std::optional<Response> &problem)
{
    ObjectReader reader(data, "onboarding_data");
    core::Profile profile = readProfile(reader, {.voice = nullptr, .notifications = nullptr});
    const auto preferences = reader.optionalObject("preferences");
    if (!reader.ok()) {
        problem = reader.problem();
        return profile;
    }
    ObjectReader inner(preferences.value_or(QJsonObject()), "onboarding_data -> preferences");
    const core::Profile preferred =
        readProfile(inner, {.name = nullptr, .phoneNumber = nullptr, .voice = "voice_preference"});
    if (!inner.ok())
        problem = inner.problem();
    profile.voice = preferred.voice;
    profile.wantsNotifications = preferred.wantsNotifications;
    return profile;
}

} // namespace

Response OnboardingSessionApi::start(const Request &)
{
    const auto started = m_parts.sessions.start();
    if (!started)
        return Response::problem(started.error());
    return Response::json(
        QJsonObject{{QStringLiteral("session_id"), started->id},
                    {QStringLiteral("current_step"), started->session.currentStep},
                    {QStringLiteral("total_steps"), kPagesInAll},
                    {QStringLiteral("expires_at"), naiveTime(started->session.expiresAt)}});
}

Response OnboardingSessionApi::setName(const Request &request)
{
    QueryOrBody fields(request);
    const QString id = sessionId(fields);
    const QString name = requiredLine(fields, "user_name", core::kLongestProfileName);
    if (!fields.ok())
        return fields.problem();
    const auto session = m_parts.sessions.setName(id, name);
    return session ? Response::json(stepTaken("user_name", session->name, "select_scenario", 1))
                   : Response::problem(session.error());
}

Response OnboardingSessionApi::selectScenario(const Request &request)
{
    QueryOrBody fields(request);
    const QString id = sessionId(fields);
    const QString scenario = requiredLine(fields, "scenario_id", kLongestScenarioTitle);
    if (!fields.ok())
        return fields.problem();
    const auto session = m_parts.sessions.selectScenario(id, scenario);
    return session ? Response::json(
               stepTaken("scenario_id", session->scenario, "ready_for_registration", 2))
                   : Response::problem(session.error());
}

Response OnboardingSessionApi::complete(const Request &request)
{
    QueryOrBody fields(request);
    const QString id = sessionId(fields);
    if (!fields.ok())
        return fields.problem();
    const auto session = m_parts.sessions.complete(id);
    if (!session)
        return Response::problem(session.error());
    return Response::json(
        QJsonObject{{QStringLiteral("status"), QStringLiteral("ready_for_registration")},
                    {QStringLiteral("user_name"), session->name},
                    {QStringLiteral("scenario_id"), session->scenario},
                    {QStringLiteral("current_step"), kStepsByName},
                    {QStringLiteral("total_steps"), kStepsByName}});
}

Response OnboardingSessionApi::completeMobileStep(const Request &request)
{
    QueryOrBody fields(request);
    const QString id = sessionId(fields);
    const QString name =
        fields.requiredString("step", QueryOrBody::Home::Query, {.max = kLongestStep});
    // The profile stands in `data`, or the body is it.
    http::FieldReader *body = fields.body();
    const auto data = body ? body->optionalObject("data") : std::nullopt;
    std::optional<ObjectReader> nested;
    if (data)
        nested.emplace(*data, "data");
    core::Profile profile;
    if (body)
        profile = readProfile(nested ? *nested : *body);
    if (!fields.ok())
        return fields.problem();
    if (nested && !nested->ok())
        return nested->problem();
    const auto step = core::mobileStepFromText(name);
    if (!step)
        return Response::problem(400, QStringLiteral("Invalid step: %1").arg(name));
    const auto session = m_parts.sessions.completeStep(id, *step, profile);
    if (!session)
        return Response::problem(session.error());
    const auto next = stepAfter(*step);
    return Response::json(QJsonObject{
        {QStringLiteral("step"), name},
        {QStringLiteral("isCompleted"), session->isDone(*step)},
        {QStringLiteral("completedAt"), naiveTime(m_parts.now())},
        {QStringLiteral("nextStep"), next ? QJsonValue(toText(*next)) : QJsonValue::Null},
        {QStringLiteral("currentStep"), session->currentStep},
        {QStringLiteral("progress"), session->share()},
        {QStringLiteral("readyForRegistration"), session->isRegistrable()}});
}

Response OnboardingSessionApi::mobileStatus(const Request &request)
{
    const QString &id = request.arguments.front();
    const auto session = m_parts.sessions.find(id);
    return session ? Response::json(toMobileStatusJson(id, *session))
                   : Response::problem(session.error());
}

Response OnboardingSessionApi::session(const Request &request)
{
    const QString &id = request.arguments.front();
    const auto session = m_parts.sessions.find(id);
    if (session)
        return Response::json(toSessionJson(id, *session));
    return session.error().fault == base::Fault::Invalid
               ? Response::problem(404, QStringLiteral("Session not found or expired"))
               : Response::problem(session.error());
}

Response OnboardingSessionApi::registerUser(const Request &request)
{
    http::BodyReader body(request);
    if (!body.ok())
        return body.problem();
    if (auto refused = captchaRefusal(m_parts.captcha, request))
        return std::move(*refused);
    const QString email = body.requiredString("email", {.max = kLongestEmail});
    const QString password =
        body.requiredString("password", {.min = kShortestPassword, .max = kLongestPassword});
    const auto data = body.optionalObject("onboarding_data");
    const auto session = body.optionalString("session_id", {.max = kLongestSessionId});
    if (body.ok() && !data && !session)
        body.addError("session_id", QStringLiteral("Field required"));
    if (!body.ok())
        return body.problem();
    std::optional<Response> problem;
    const core::Profile profile = data ? onboardingData(*data, problem) : core::Profile();
    if (problem)
        return std::move(*problem);
    if (session) {
        if (const auto good = m_parts.sessions.checkRegistrable(*session); !good)
            return Response::problem(good.error());
    }
    const auto registered =
        m_parts.accounts.registerUser(email, password, platformOf(request), userAgentOf(request));
    if (!registered)
        return Response::problem(registered.error());
    takeOver(registered->user.id, session, profile);
    return Response::json(registered->tokens.toJson());
}

void OnboardingSessionApi::takeOver(base::UserId user, const std::optional<QString> &session,
                                    const core::Profile &profile)
{
    const auto report = [user](const base::Error &error) {
        base::log::warning("onboarding.not_taken_over", {{QStringLiteral("user"), user.value},
                                                         {QStringLiteral("reason"), error.message},
                                                         {QStringLiteral("cause"), error.cause}});
    };
    if (session) {
        if (const auto linked = m_parts.sessions.link(*session, user); !linked)
            report(linked.error());
    }
    if (profile.isEmpty())
        return;
    if (const auto saved = m_parts.users.saveProfile(user, profile, m_parts.now()); !saved)
        report(saved.error());
}

} // namespace server::api
