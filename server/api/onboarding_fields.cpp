#include "server/api/onboarding_fields.h"

#include <QJsonDocument>

namespace server::api {

using http::FieldReader;
using http::Response;
using http::TextRule;

ObjectReader::ObjectReader(const QJsonObject &object, const char *member)
    : FieldReader(QLatin1String(member) + QStringLiteral(" -> "))
{
    readJson(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QueryOrBody::QueryOrBody(const http::Request &request) : m_query(request)
{
    if (!request.body.trimmed().isEmpty())
        m_body.emplace(request);
}

QString QueryOrBody::requiredString(const char *name, Home home, TextRule rule)
{
    if (m_query.has(name))
        return m_query.requiredString(name, rule);
    if (m_body && (home == Home::Body || m_body->has(name)))
        return m_body->requiredString(name, rule);
    if (home == Home::Query)
        return m_query.requiredString(name, rule);
    m_lacksBody = true;
    return {};
}

Response QueryOrBody::problem() const
{
    if (!m_query.ok())
        return m_query.problem();
    if (m_body && !m_body->ok())
        return m_body->problem();
    return http::validationProblem({{QString(), QStringLiteral("Field required")}});
}

core::Profile readProfile(FieldReader &reader, const ProfileNames &names)
{
    using Kept = base::Result<std::optional<QString>>;
    const auto text = [&reader](const char *name, int longest,
                                Kept (*keep)(const std::optional<QString> &)) {
        if (!name)
            return std::optional<QString>();
        const Kept kept = keep(reader.optionalString(name, {.max = longest}));
        if (kept)
            return *kept;
        reader.addError(name, kept.error().message);
        return std::optional<QString>();
    };
    core::Profile profile;
    profile.name = text(names.name, core::kLongestProfileName, core::keptText);
    profile.phoneNumber = text(names.phoneNumber, core::kLongestProfilePhone, core::keptPhone);
    profile.voice = text(names.voice, core::kLongestVoiceName, core::keptText);
    if (names.notifications)
        profile.wantsNotifications = reader.optionalBool(names.notifications);
    return profile;
}

QString requiredLine(QueryOrBody &fields, const char *name, int longest)
{
    const QString text =
        fields.requiredString(name, QueryOrBody::Home::Body, {.min = 1, .max = longest});
    if (!fields.ok())
        return {};
    const auto kept = core::keptText(text);
    FieldReader &reader =
        fields.query().has(name) || !fields.body() ? fields.query() : *fields.body();
    if (!kept)
        reader.addError(name, kept.error().message);
    else if (!*kept)
        reader.addError(name, QStringLiteral("String should have at least 1 character"));
    else
        return **kept;
    return {};
}

} // namespace server::api
