#include "server/core/calendar/booking_tool.h"

#include "server/core/accounts/email_address.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace server::core {

namespace {

/// A text in the arguments: the tool's declaration and the reading of requests are made of it.
struct Parameter
{
    const char *name;
    QString BookingRequest::*member;
    bool isRequired;
    int longest; ///< characters
    const char *description;
};

constexpr std::array<Parameter, 9> kParameters{{
    {"summary", &BookingRequest::summary, true, 300, "Title of the appointment."},
    {"start_iso", &BookingRequest::start, true, 40,
     "Start in RFC 3339 with offset, such as 2026-03-02T14:00:00-07:00."},
    {"end_iso", &BookingRequest::end, true, 40, "End, in the same form."},
    {"timezone", &BookingRequest::timeZone, false, 64,
     "IANA name of the time zone; default: the calendar owner's."},
    {"customer_name", &BookingRequest::customerName, false, 200, "Name of the customer."},
    {"customer_phone", &BookingRequest::customerPhone, false, 40, "Phone number of the customer."},
    {"attendee_email", &BookingRequest::attendeeEmail, false, 254,
     "E-mail address to invite; only when the customer gave one."},
    {"location", &BookingRequest::location, false, 500, "Where it takes place."},
    {"notes", &BookingRequest::notes, false, 4000, "Anything else worth keeping."},
}};

const char *const kDescription =
    "Books an appointment in the calendar of the person you work for. Only call it when the "
    "customer has agreed to day and time. If the result's status is \"conflict\", nothing was "
    "booked: offer its suggested_times and call again with the one that the customer picks. Never "
    "tell what else stands in the calendar. If the status is \"error\", nothing was confirmed: say "
    "so.";

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QJsonObject createdJson(const BookingMade &made)
{
    const QString when = toSpokenText(made.event.range.start, made.zone);
    return {{QStringLiteral("status"), QStringLiteral("created")},
            {QStringLiteral("id"), made.event.id},
            {QStringLiteral("htmlLink"), made.event.htmlLink},
            {QStringLiteral("summary"), made.event.summary},
            {QStringLiteral("start"), toIsoText(made.event.range.start, made.zone)},
            {QStringLiteral("end"), toIsoText(made.event.range.end, made.zone)},
            {QStringLiteral("formatted_time"), when},
            {QStringLiteral("message"),
             QStringLiteral("'%1' is booked for %2.").arg(made.event.summary, when)}};
}

QJsonObject conflictJson(const BookingConflict &conflict)
{
    QJsonArray events;
    for (const QString &event : conflict.events)
        events.append(event);
    QJsonArray times;
    QStringList spoken;
    for (const TimeRange &range : conflict.suggestions) {
        spoken.append(toSpokenText(range.start, conflict.zone));
        times.append(QJsonObject{{QStringLiteral("start"), toIsoText(range.start, conflict.zone)},
                                 {QStringLiteral("end"), toIsoText(range.end, conflict.zone)},
                                 {QStringLiteral("formatted_time"), spoken.last()}});
    }
    const QString message = spoken.isEmpty()
                                ? QStringLiteral("That time is taken. Please ask for another day.")
                                : QStringLiteral("That time is taken. Free instead: %1.")
                                      .arg(spoken.join(QStringLiteral("; ")));
    return {{QStringLiteral("status"), QStringLiteral("conflict")},
            {QStringLiteral("error"), QStringLiteral("Time slot is not available")},
            {QStringLiteral("conflicting_events"), events},
            {QStringLiteral("current_bookings"), conflict.overlapping},
            {QStringLiteral("max_concurrent_bookings"), conflict.policy.maxConcurrent},
            {QStringLiteral("booking_policy"), toText(conflict.policy.rule)},
            {QStringLiteral("suggested_times"), times},
            {QStringLiteral("message"), message}};
}

QString errorText(const QString &reason)
{
    return compact(
        {{QStringLiteral("status"), QStringLiteral("error")}, {QStringLiteral("error"), reason}});
}

} // namespace

QString bookingToolName()
{
    return QStringLiteral("createCalendarEvent");
}

QJsonObject bookingTool()
{
    QJsonObject properties;
    QJsonArray required;
    for (const Parameter &parameter : kParameters) {
        const QString name = QLatin1String(parameter.name);
        properties.insert(name, QJsonObject{{QStringLiteral("type"), QStringLiteral("string")},
                                            {QStringLiteral("description"),
                                             QLatin1String(parameter.description)}});
        if (parameter.isRequired)
            required.append(name);
    }
    return {{QStringLiteral("type"), QStringLiteral("function")},
            {QStringLiteral("name"), bookingToolName()},
            {QStringLiteral("description"), QLatin1String(kDescription)},
            {QStringLiteral("parameters"),
             QJsonObject{{QStringLiteral("type"), QStringLiteral("object")},
                         {QStringLiteral("properties"), properties},
                         {QStringLiteral("required"), required}}}};
}

tl::expected<BookingRequest, std::vector<BookingFieldError>>
bookingRequestOf(const QJsonObject &arguments)
{
    BookingRequest request;
    std::vector<BookingFieldError> errors;
    for (const Parameter &parameter : kParameters) {
        const QString name = QLatin1String(parameter.name);
        const auto refuse = [&](const QString &why) { errors.push_back({name, why}); };
        const QJsonValue value = arguments.value(name);
        if (!value.isUndefined() && !value.isNull() && !value.isString()) {
            refuse(QStringLiteral("must be a text"));
            continue;
        }
        const QString text = value.toString().trimmed();
        if (text.isEmpty() && parameter.isRequired)
            refuse(QStringLiteral("is required"));
        else if (text.size() > parameter.longest)
            refuse(QStringLiteral("must have at most %1 characters").arg(parameter.longest));
        else if (text.contains(QChar(u'\0')))
            refuse(QStringLiteral("must not contain a NUL character"));
        else
            request.*parameter.member = text;
    }
    if (!request.attendeeEmail.isEmpty() && !EmailAddress::parse(request.attendeeEmail))
        errors.push_back(
            {QStringLiteral("attendee_email"), QStringLiteral("is not an e-mail address")});
    if (!errors.empty())
        return tl::unexpected(std::move(errors));
    return request;
}

QJsonObject toJson(const BookingOutcome &outcome)
{
    if (const auto *made = std::get_if<BookingMade>(&outcome))
        return createdJson(*made);
    return conflictJson(std::get<BookingConflict>(outcome));
}

QString runBookingTool(BookingService &bookings, base::UserId owner, base::CallId call,
                       const QString &arguments)
{
    const QJsonDocument document = QJsonDocument::fromJson(arguments.toUtf8());
    if (!document.isObject())
        return errorText(QStringLiteral("The arguments are not a JSON object."));
    auto request = bookingRequestOf(document.object());
    if (!request) {
        QStringList reasons;
        for (const BookingFieldError &error : request.error())
            reasons.append(error.field + QLatin1Char(' ') + error.message);
        return errorText(reasons.join(QStringLiteral("; ")));
    }
    request->call = call;
    const auto outcome = bookings.book(owner, *request);
    return outcome ? compact(toJson(*outcome)) : errorText(outcome.error().message);
}

} // namespace server::core
