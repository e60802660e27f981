#include "server/api/calling_rules_api.h"

#include "server/api/access.h"
#include "server/api/request_parts.h"
#include "server/http/body_reader.h"
#include "shared/protocol/json_reader.h"

namespace server::api {

using base::Fault;
using http::BodyReader;
using http::FieldReader;
using http::Request;
using http::Response;
using protocol::Permission;

namespace {

constexpr int kLongestNote = 500;
constexpr int kLongestZone = 64;
constexpr int kMostPerWeek = 100;

QTime clockOf(FieldReader &body, const char *name)
{
    const auto text = body.optionalString(name, {.min = 5, .max = 5});
    if (!text)
        return {};
    const QTime time = core::clockFromText(*text);
    if (!time.isValid())
        body.addError(name, QStringLiteral("Input should be a time such as 21:30"));
    return time;
}

std::optional<core::QuietHours> quietHoursOf(FieldReader &body)
{
    const core::QuietHours quiet{clockOf(body, "quiet_hours_start"),
                                 clockOf(body, "quiet_hours_end")};
    if (body.has("quiet_hours_start") != body.has("quiet_hours_end"))
        body.addError("quiet_hours_end",
                      QStringLiteral("quiet_hours_start and quiet_hours_end go together"));
    if (!quiet.from.isValid() || !quiet.to.isValid())
        return std::nullopt;
    if (quiet.from == quiet.to)
        body.addError("quiet_hours_end", QStringLiteral("Input should differ from the start"));
    return quiet;
}

QString zoneOf(FieldReader &body, const QString &usual)
{
    QString zone =
        body.optionalString("time_zone", {.min = 1, .max = kLongestZone}).value_or(usual);
    if (body.ok() && !QTimeZone::isTimeZoneIdAvailable(zone.toUtf8()))
        body.addError("time_zone", QStringLiteral("Input should be an IANA time zone"));
    return zone;
}

std::optional<int> countOf(FieldReader &body, const char *name, int most)
{
    const auto count = body.optionalInteger(name, {.min = 1, .max = most});
    return count ? std::optional<int>(int(*count)) : std::nullopt;
}

/// A word out of a list.
template <typename Choice>
Choice choiceOf(FieldReader &body, const char *name, Choice usual,
                std::optional<Choice> (*fromText)(const QString &), const char *words)
{
    const auto text = body.optionalString(name, {.max = 20});
    if (!text)
        return usual;
    const auto choice = fromText(*text);
    if (!choice)
        body.addError(name, QStringLiteral("Input should be %1").arg(QLatin1String(words)));
    return choice.value_or(usual);
}

QJsonObject toJson(const core::OptOut &optOut)
{
    return {{QStringLiteral("id"), optOut.id},
            {QStringLiteral("phone_number"), optOut.phoneNumber},
            {QStringLiteral("at"), protocol::toWireTimeOrNull(optOut.at)},
            {QStringLiteral("way"), toText(optOut.way)},
            {QStringLiteral("call_id"),
             optOut.call.isValid() ? QJsonValue(optOut.call.value) : QJsonValue()},
            {QStringLiteral("note"), optOut.note}};
}

/// Taking numbers off the list for all accounts, or letting them be dialled again.
base::Result<> requireAdmin(const http::Caller &caller)
{
    if (protocol::roleFromText(caller.role) != protocol::Role::Admin)
        return base::fail(Fault::Forbidden, QStringLiteral("Your role may not do this"));
    return {};
}

} // namespace

Response CallingRulesApi::shown(const core::CallingRules &rules) const
{
    const core::PlanRules &caps = m_ports.plans.current()->rules();
    QJsonObject object = toJson(rules);
    object.insert(
        QStringLiteral("service_caps"),
        QJsonObject{{QStringLiteral("calls_per_number_day"), caps.targetCallsOfAccount},
                    {QStringLiteral("calls_per_number_day_all_accounts"), caps.targetCallsOfAll}});
    return Response::json(object);
}

Response CallingRulesApi::show(const Request &request)
{
    const auto rules = m_ports.rules.rulesOf({request.caller.id});
    return rules ? shown(*rules) : Response::problem(rules.error());
}

Response CallingRulesApi::replace(const Request &request)
{
    BodyReader body(request);
    core::CallingRules rules;
    rules.owner = {request.caller.id};
    const int most = m_ports.plans.current()->rules().targetCallsOfAccount;
    rules.targetCallsPerDay = countOf(body, "calls_per_number_day", most);
    rules.targetCallsPerWeek = countOf(body, "calls_per_number_week", kMostPerWeek);
    rules.aiDisclosure = choiceOf(body, "ai_disclosure", rules.aiDisclosure,
                                  &core::aiDisclosureFromText, "'never', 'always' or 'by_number'");
    rules.recordingConsent =
        choiceOf(body, "recording_consent", rules.recordingConsent, &core::recordingConsentFromText,
                 "'none', 'announce' or 'off'");
    rules.quietHours = quietHoursOf(body);
    rules.timeZone = zoneOf(body, rules.timeZone);
    if (!body.ok())
        return body.problem();
    if (const auto stored = m_ports.rules.setRules(rules, m_ports.now()); !stored)
        return Response::problem(stored.error());
    return shown(rules);
}

Response CallingRulesApi::optOuts(const Request &request)
{
    if (const auto allowed = requirePermission(request.caller, Permission::WatchCalls); !allowed)
        return Response::problem(allowed.error());
    http::QueryReader query(request);
    const QString wanted =
        query.optionalString("phone_number", {.max = kLongestNumber}).value_or(QString());
    const qint64 limit = query.optionalInteger("limit", {.min = 1, .max = 100}).value_or(20);
    const qint64 offset = query.optionalInteger("offset", {.min = 0, .max = 1'000'000}).value_or(0);
    if (!query.ok())
        return query.problem();
    QString digits;
    for (const QChar character : wanted) {
        if (character >= u'0' && character <= u'9')
            digits.append(character);
    }
    const auto found = m_ports.optOuts.search(digits, int(limit), int(offset));
    if (!found)
        return Response::problem(found.error());
    QJsonArray array;
    for (const core::OptOut &optOut : *found)
        array.append(api::toJson(optOut));
    return Response::json(array);
}

Response CallingRulesApi::addOptOut(const Request &request)
{
    if (const auto allowed = requireAdmin(request.caller); !allowed)
        return Response::problem(allowed.error());
    BodyReader body(request);
    const QString number = body.requiredString("phone_number", {.min = 1, .max = kLongestNumber});
    const QString note =
        body.optionalString("note", {.max = kLongestNote}).value_or(QStringLiteral(""));
    if (!body.ok())
        return body.problem();
    const auto added = m_ports.optOuts.add({request.caller.id}, number, note, requestId(request));
    return added ? Response::json(api::toJson(*added), 201) : Response::problem(added.error());
}

Response CallingRulesApi::removeOptOut(const Request &request)
{
    if (const auto allowed = requireAdmin(request.caller); !allowed)
        return Response::problem(allowed.error());
    const QString number = request.arguments.front();
    const auto removed = m_ports.optOuts.remove({request.caller.id}, number, requestId(request));
    if (!removed)
        return Response::problem(removed.error());
    return Response::json(QJsonObject{{QStringLiteral("phone_number"), number},
                                      {QStringLiteral("status"), QStringLiteral("removed")}});
}

} // namespace server::api
