#include "server/api/onboarding_api.h"

#include "server/api/onboarding_fields.h"
#include "server/api/onboarding_json.h"
#include "server/api/request_parts.h"
#include "server/api/usage_json.h"

namespace server::api {

using core::Step;
using http::Request;
using http::Response;

namespace {

Response unknownStep()
{
    return Response::problem(400, QStringLiteral("Invalid step. Must be one of: ['%1']")
                                      .arg(core::stepNames().join(QStringLiteral("', '"))));
}

} // namespace

Response OnboardingApi::status(const Request &request)
{
    const auto progress = m_wizard.progressOf(userOf(request));
    return progress ? Response::json(toOverviewJson(userOf(request), *progress))
                    : Response::problem(progress.error());
}

Response OnboardingApi::completeStep(const Request &request)
{
    http::BodyReader body(request);
    const QString name = body.requiredString("step", {.max = kLongestStep});
    const auto data = body.optionalObject("data");
    if (!body.ok())
        return body.problem();
    const auto named = core::stepFromText(name);
    if (!named)
        return unknownStep();
    core::Profile profile;
    if (data && named->step == Step::Calendar && named->isMobile) {
        ObjectReader reader(*data, "data");
        profile = readProfile(reader);
        if (!reader.ok())
            return reader.problem();
    }
    const auto progress = m_wizard.completeStep(userOf(request), named->step, profile);
    if (!progress)
        return Response::problem(progress.error());
    const QJsonValue now = naiveTime(m_now());
    const auto next = named->isMobile ? core::stepAfter(named->step) : std::nullopt;
    QJsonObject status = toStatusJson(userOf(request), *progress);
    status.insert(QStringLiteral("timestamp"), now);
    return Response::json(QJsonObject{
        {QStringLiteral("step"), name},
        {QStringLiteral("isCompleted"), true},
        {QStringLiteral("completedAt"), now},
        {QStringLiteral("nextStep"), next ? QJsonValue(toMobileText(*next)) : QJsonValue::Null},
        {QStringLiteral("status"), status}});
}

Response OnboardingApi::nextAction(const Request &request)
{
    const auto progress = m_wizard.progressOf(userOf(request));
    return progress ? Response::json(toJson(progress->nextAction()))
                    : Response::problem(progress.error());
}

Response OnboardingApi::initialize(const Request &request)
{
    const auto progress = m_wizard.restart(userOf(request));
    return progress ? Response::json(toStatusJson(userOf(request), *progress))
                    : Response::problem(progress.error());
}

Response OnboardingApi::completeFirstCall(const Request &request)
{
    const auto progress = m_wizard.completeStep(userOf(request), Step::WelcomeCall);
    if (!progress)
        return Response::problem(progress.error());
    return Response::json(
        QJsonObject{{QStringLiteral("step"), toMobileText(Step::WelcomeCall)},
                    {QStringLiteral("isCompleted"), progress->isDone(Step::WelcomeCall)},
                    {QStringLiteral("completedAt"), naiveTime(m_now())},
                    {QStringLiteral("nextStep"), QJsonValue::Null},
                    // Whoever has made a call needs no more setting up, whatever else is open.
                    {QStringLiteral("onboardingComplete"), progress->isDone(Step::WelcomeCall)},
                    {QStringLiteral("status"), toStatusJson(userOf(request), *progress)}});
}

Response OnboardingApi::checkStep(const Request &request)
{
    const QString &name = request.arguments.front();
    const auto named = core::stepFromText(name);
    if (!named)
        return unknownStep();
    const auto progress = m_wizard.progressOf(userOf(request));
    if (!progress)
        return Response::problem(progress.error());
    return Response::json(
        QJsonObject{{QStringLiteral("step"), name},
                    {QStringLiteral("completed"), progress->isDone(named->step)}});
}

Response OnboardingApi::providers(const Request &request)
{
    const auto providers = m_wizard.providersOf(userOf(request));
    return providers
               ? Response::json(QJsonObject{{QStringLiteral("credentials"), toJson(*providers)}})
               : Response::problem(providers.error());
}

} // namespace server::api
