#include "server/api/vad_api.h"

#include "server/core/scenarios/vad_profiles.h"
#include "server/http/body_reader.h"

namespace server::api {

using http::Request;
using http::Response;

Response VadApi::update(const Request &request)
{
    constexpr http::TextRule kWord{.max = 20};
    http::BodyReader body(request);
    QJsonObject settings{{QStringLiteral("vad_type"), body.requiredString("vad_type", kWord)}};
    if (const auto eagerness = body.optionalString("eagerness", kWord))
        settings.insert(QStringLiteral("eagerness"), *eagerness);
    if (const auto threshold = body.optionalNumber("threshold"))
        settings.insert(QStringLiteral("threshold"), *threshold);
    for (const char *field : {"prefix_padding_ms", "silence_duration_ms"}) {
        if (const auto millis = body.optionalInteger(field))
            settings.insert(QLatin1String(field), *millis);
    }
    if (!body.ok())
        return body.problem();
    const auto detection = core::TurnDetection::fromSettings(settings);
    if (!detection)
        return Response::problem(detection.error());
    if (const auto stored = m_preferences.set({request.caller.id}, *detection, m_now()); !stored)
        return Response::problem(stored.error());
    return Response::json(
        QJsonObject{{QStringLiteral("success"), true},
                    {QStringLiteral("vad_config"), detection->toJson()},
                    {QStringLiteral("message"),
                     QStringLiteral("VAD configuration updated to %1 mode")
                         .arg(settings.value(QLatin1String("vad_type")).toString())}});
}

Response VadApi::presets(const Request &)
{
    QJsonObject presets;
    QJsonObject descriptions;
    for (const core::VadProfiles::Preset &preset : core::VadProfiles::presets()) {
        presets.insert(preset.name, preset.detection.toJson());
        descriptions.insert(preset.name, preset.description);
    }
    return Response::json(QJsonObject{{QStringLiteral("presets"), presets},
                                      {QStringLiteral("description"), descriptions}});
}

} // namespace server::api
