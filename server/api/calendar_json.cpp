#include "server/api/calendar_json.h"

#include "server/api/json_values.h"

namespace server::api {

using http::FieldReader;
using http::Response;

namespace {

constexpr http::TextRule kTimeRule{.min = 1, .max = 40};

std::optional<core::CivilTime> timeFrom(FieldReader &fields, const char *name, const QString &text)
{
    auto time = core::CivilTime::parse(text);
    if (!time)
        fields.addError(name, QStringLiteral("Input should be a valid datetime"));
    return time;
}

std::optional<QDate> dayFrom(FieldReader &fields, const char *name, const QString &text,
                             const QTimeZone &zone)
{
    const QDate day = QDate::fromString(text, Qt::ISODate);
    if (day.isValid() && text.size() == 10)
        return day;
    const auto time = core::CivilTime::parse(text);
    if (time)
        return core::wallTimeOf(time->instant(zone), zone).date();
    fields.addError(name, QStringLiteral("Input should be a valid date or datetime"));
    return std::nullopt;
}

bool isTakenBack(const base::Error &error)
{
    return error.message.contains(QLatin1String("invalid_grant"));
}

} // namespace

std::optional<core::CivilTime> requiredTime(FieldReader &fields, const char *name)
{
    const QString text = fields.requiredString(name, kTimeRule);
    return text.isEmpty() ? std::nullopt : timeFrom(fields, name, text); // noted already
}

std::optional<core::CivilTime> optionalTime(FieldReader &fields, const char *name)
{
    const auto text = fields.optionalString(name, kTimeRule);
    return text ? timeFrom(fields, name, *text) : std::nullopt;
}

std::optional<QDate> requiredDay(FieldReader &fields, const char *name, const QTimeZone &zone)
{
    const QString text = fields.requiredString(name, kTimeRule);
    return text.isEmpty() ? std::nullopt : dayFrom(fields, name, text, zone); // noted already
}

std::optional<QDate> optionalDay(FieldReader &fields, const char *name, const QTimeZone &zone)
{
    const auto text = fields.optionalString(name, kTimeRule);
    return text ? dayFrom(fields, name, *text, zone) : std::nullopt;
}

QJsonObject eventJson(const core::CalendarEvent &event)
{
    return {{QStringLiteral("id"), event.id},
            {QStringLiteral("summary"),
             event.summary.isEmpty() ? QStringLiteral("No title") : event.summary},
            {QStringLiteral("start"), event.startText},
            {QStringLiteral("end"), event.endText},
            {QStringLiteral("location"), orNull(event.location)},
            {QStringLiteral("description"), orNull(event.description)}};
}

QString wordsFor(const base::Error &error)
{
    return error.fault == base::Fault::Internal && !isTakenBack(error)
               ? QStringLiteral("An unexpected error occurred. Please try again later.")
               : error.message;
}

Response calendarProblem(const base::Error &error, const QString &doing)
{
    if (error.fault == base::Fault::NotFound)
        return Response::problem(error);
    const QString words = doing + QStringLiteral(": ") + wordsFor(error);
    if (error.fault != base::Fault::Internal)
        return Response::problem(base::Error{error.fault, words, error.cause});
    Response response = Response::problem(500, words);
    response.cause = error.message + QStringLiteral(": ") + error.cause;
    return response;
}

} // namespace server::api
