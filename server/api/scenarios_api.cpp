#include "server/api/scenarios_api.h"

#include "server/api/usage_json.h"
#include "server/core/accounts/opaque_token.h"
#include "server/core/scenarios/voice_names.h"
#include "server/http/body_reader.h"
#include "shared/protocol/json_reader.h"

namespace server::api {

using base::Fault;
using core::CustomScenario;
using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr http::TextRule kWords{.min = 10, .max = 5000};
constexpr http::TextRule kName{.max = 200};
constexpr http::TextRule kVoice{.max = 100};

constexpr auto kAsTheAccount = "account"; // what the account's rules say

QString disclosureText(std::optional<core::AiDisclosure> disclosure)
{
    return disclosure ? toText(*disclosure) : QString::fromLatin1(kAsTheAccount);
}

QJsonObject toJson(const CustomScenario &scenario)
{
    return {{QStringLiteral("id"), scenario.id},
            {QStringLiteral("scenario_id"), scenario.id},
            {QStringLiteral("name"), scenario.name},
            {QStringLiteral("persona"), scenario.persona},
            {QStringLiteral("prompt"), scenario.prompt},
            {QStringLiteral("voice_type"), scenario.voiceType},
            {QStringLiteral("temperature"), scenario.temperature},
            {QStringLiteral("ai_disclosure"), disclosureText(scenario.aiDisclosure)},
            {QStringLiteral("version"), scenario.version},
            {QStringLiteral("created_at"), naiveTime(scenario.createdAt)}};
}

QJsonObject toJson(const core::CustomScenarioVersion &version)
{
    QJsonObject object = toJson(version.content);
    object.insert(QStringLiteral("saved_at"),
                  protocol::toWireTimeOrNull(version.content.updatedAt));
    object.insert(QStringLiteral("saved_by"),
                  version.savedBy.isEmpty() ? QJsonValue() : QJsonValue(version.savedBy));
    return object;
}

Response done(const QString &message, const QString &id)
{
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                                      {QStringLiteral("message"), message},
                                      {QStringLiteral("scenario_id"), id}});
}

Response missing(const char *purpose)
{
    return Response::problem(
        404, QStringLiteral("Custom scenario not found or you don't have permission to %1 it")
                 .arg(QLatin1String(purpose)));
}

/// The temperature of the body, between 0 and 1.
std::optional<double> temperatureOf(BodyReader &body)
{
    auto temperature = body.optionalNumber("temperature");
    if (temperature && !(*temperature >= 0 && *temperature <= 1)) {
        body.addError("temperature",
                      QStringLiteral("Input should be greater than or equal to 0 and less than or "
                                     "equal to 1"));
        return std::nullopt;
    }
    return temperature;
}

/// `ai_disclosure` of the body; none where it is not in it, or leaves it to the account.
std::optional<core::AiDisclosure> disclosureOf(BodyReader &body)
{
    const auto text = body.optionalString("ai_disclosure", {.max = 20});
    if (!text)
        return std::nullopt;
    auto disclosure = core::aiDisclosureFromText(*text);
    if (!disclosure && *text != QLatin1String(kAsTheAccount))
        body.addError(
            "ai_disclosure",
            QStringLiteral("Input should be 'account', 'never', 'always' or 'by_number'"));
    return disclosure;
}

std::optional<Response> objectionTo(const QString &voiceType)
{
    if (core::VoiceNames::modelVoice(voiceType))
        return std::nullopt;
    const QStringList known = core::VoiceNames::types() + core::VoiceNames::modelVoices();
    return Response::problem(
        400, QStringLiteral("Voice type must be one of: %1").arg(known.join(QStringLiteral(", "))));
}

} // namespace

Response ScenariosApi::create(const Request &request)
{
    BodyReader body(request);
    CustomScenario scenario;
    scenario.owner = {request.caller.id};
    scenario.name = body.optionalString("name", kName).value_or(QStringLiteral(""));
    scenario.persona = body.requiredString("persona", kWords);
    scenario.prompt = body.requiredString("prompt", kWords);
    scenario.voiceType = body.requiredString("voice_type", kVoice);
    scenario.temperature = temperatureOf(body).value_or(scenario.temperature);
    scenario.aiDisclosure = disclosureOf(body);
    if (!body.ok())
        return body.problem();
    if (auto objection = objectionTo(scenario.voiceType))
        return *objection;
    constexpr int kRandomBytes = 9;
    scenario.id = QStringLiteral("custom_%1_%2")
                      .arg(request.caller.id)
                      .arg(QString::fromLatin1(core::systemRandom(kRandomBytes).toHex()));
    scenario.createdAt = scenario.updatedAt = m_now();
    const auto view = m_usage.look(scenario.owner);
    if (!view)
        return Response::problem(view.error());
    const auto limit = view->verdict.plan->customScenarios;
    const auto added = m_scenarios.add(scenario, limit);
    if (!added && added.error().fault == Fault::Conflict && limit)
        return Response::problem(
            400, view->catalogue->message("custom_scenario_limit",
                                          {{QStringLiteral("limit"), QString::number(*limit)}}));
    return added ? done(QStringLiteral("Custom scenario created successfully"), scenario.id)
                 : Response::problem(added.error());
}

Response ScenariosApi::list(const Request &request)
{
    const auto scenarios = m_scenarios.ofOwner({request.caller.id});
    if (!scenarios)
        return Response::problem(scenarios.error());
    QJsonArray array;
    for (const CustomScenario &scenario : *scenarios)
        array.append(toJson(scenario));
    return Response::json(array);
}

Response ScenariosApi::show(const Request &request)
{
    const auto scenario = m_scenarios.find({request.caller.id}, request.arguments.front());
    if (!scenario)
        return Response::problem(scenario.error());
    return *scenario ? Response::json(toJson(**scenario)) : missing("access");
}

Response ScenariosApi::update(const Request &request)
{
    BodyReader body(request);
    const auto name = body.optionalString("name", kName);
    const auto persona = body.optionalString("persona", kWords);
    const auto prompt = body.optionalString("prompt", kWords);
    const auto voiceType = body.optionalString("voice_type", kVoice);
    const auto temperature = temperatureOf(body);
    const bool hasDisclosure = body.has("ai_disclosure");
    const auto disclosure = disclosureOf(body);
    if (!body.ok())
        return body.problem();
    if (voiceType) {
        if (auto objection = objectionTo(*voiceType))
            return *objection;
    }
    const auto found = m_scenarios.find({request.caller.id}, request.arguments.front());
    if (!found)
        return Response::problem(found.error());
    if (!*found)
        return missing("update");
    CustomScenario scenario = **found;
    scenario.name = name.value_or(scenario.name);
    scenario.persona = persona.value_or(scenario.persona);
    scenario.prompt = prompt.value_or(scenario.prompt);
    scenario.voiceType = voiceType.value_or(scenario.voiceType);
    scenario.temperature = temperature.value_or(scenario.temperature);
    if (hasDisclosure)
        scenario.aiDisclosure = disclosure;
    return save(std::move(scenario), "Custom scenario updated successfully");
}

Response ScenariosApi::save(CustomScenario scenario, const char *message)
{
    scenario.updatedAt = m_now();
    const auto updated = m_scenarios.update(scenario);
    if (!updated)
        return Response::problem(updated.error());
    const auto saved = m_scenarios.find(scenario.owner, scenario.id); // with its version
    if (!saved)
        return Response::problem(saved.error());
    if (!*updated || !*saved)
        return missing("update");
    return Response::json(QJsonObject{{QStringLiteral("status"), QStringLiteral("success")},
                                      {QStringLiteral("message"), QLatin1String(message)},
                                      {QStringLiteral("scenario_id"), scenario.id},
                                      {QStringLiteral("scenario"), toJson(**saved)}});
}

Response ScenariosApi::versions(const Request &request)
{
    const auto versions = m_scenarios.versions({request.caller.id}, request.arguments.front());
    if (!versions)
        return Response::problem(versions.error());
    if (versions->empty())
        return missing("access");
    QJsonArray array;
    for (const core::CustomScenarioVersion &version : *versions)
        array.append(toJson(version));
    return Response::json(array);
}

base::Result<core::CustomScenarioVersion> ScenariosApi::versionOf(const Request &request) const
{
    auto found = m_scenarios.version({request.caller.id}, request.arguments.at(0),
                                     request.arguments.at(1).toLongLong());
    if (!found)
        return failed(found);
    if (!*found)
        return base::fail(Fault::NotFound, QStringLiteral("There is no such version"));
    return std::move(**found);
}

Response ScenariosApi::version(const Request &request)
{
    const auto version = versionOf(request);
    return version ? Response::json(toJson(*version)) : Response::problem(version.error());
}

Response ScenariosApi::restore(const Request &request)
{
    const auto version = versionOf(request);
    return version ? save(version->content, "Custom scenario restored successfully")
                   : Response::problem(version.error());
}

Response ScenariosApi::remove(const Request &request)
{
    const QString id = request.arguments.front();
    const auto removed = m_scenarios.remove({request.caller.id}, id);
    if (!removed)
        return Response::problem(removed.error());
    return *removed ? done(QStringLiteral("Custom scenario deleted successfully"), id)
                    : missing("delete");
}

} // namespace server::api
