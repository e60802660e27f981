#include "tests/sandbox/google_events.h"

#include "tests/sandbox/google_answers.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr int kUsualPage = 250;
constexpr int kLargestPage = 2'500;

/// RFC 3339, the offset included.
QDateTime offsetTime(const QString &text)
{
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    return time.isValid() && time.timeSpec() != Qt::LocalTime ? time.toUTC() : QDateTime();
}

HttpAnswer badRequest(const QString &reason, const QString &message)
{
    return calendarRefusal(400, reason, message);
}

HttpAnswer missing()
{
    return calendarRefusal(404, u"notFound"_s, u"Not Found"_s);
}

QString text(const QJsonObject &object, const QString &name)
{
    return object[name].toString();
}

} // namespace

bool GoogleEvents::Event::isCancelled() const
{
    return text(resource, u"status"_s) == u"cancelled";
}

bool GoogleEvents::Event::isBusy() const
{
    const QJsonArray attendees = resource[u"attendees"_s].toArray();
    const bool isDeclined =
        std::any_of(attendees.begin(), attendees.end(), [](const QJsonValue &attendee) {
            return attendee[u"self"_s].toBool()
                   && attendee[u"responseStatus"_s].toString() == u"declined";
        });
    return !isCancelled() && !isDeclined && text(resource, u"transparency"_s) != u"transparent";
}

QDateTime GoogleEvents::instantOf(const QJsonObject &time) const
{
    if (time.contains(u"date"_s))
        return QDate::fromString(text(time, u"date"_s), Qt::ISODate).startOfDay(m_zone).toUTC();
    const QDateTime read = QDateTime::fromString(text(time, u"dateTime"_s), Qt::ISODateWithMs);
    if (!read.isValid() || read.timeSpec() != Qt::LocalTime)
        return read.toUTC();
    const QTimeZone zone(text(time, u"timeZone"_s).toLatin1());
    return zone.isValid() ? QDateTime(read.date(), read.time(), zone).toUTC() : QDateTime();
}

QJsonObject GoogleEvents::shown(const QJsonObject &time) const
{
    if (time.contains(u"date"_s))
        return {{u"date"_s, time[u"date"_s]}};
    return {{u"dateTime"_s, instantOf(time).toTimeZone(m_zone).toString(Qt::ISODate)},
            {u"timeZone"_s, text(time, u"timeZone"_s).isEmpty() ? QString::fromLatin1(m_zone.id())
                                                                : text(time, u"timeZone"_s)}};
}

void GoogleEvents::keep(QJsonObject event, const QString &id)
{
    Event kept{
        id, instantOf(event[u"start"_s].toObject()), instantOf(event[u"end"_s].toObject()), {}};
    const QString now = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
    event.insert(u"kind"_s, u"calendar#event"_s);
    event.insert(u"id"_s, id);
    event.insert(u"etag"_s, u"\"%1\""_s.arg(m_events.size() + 1));
    event.insert(u"htmlLink"_s, u"https://www.google.com/calendar/event?eid="_s + id);
    event.insert(u"iCalUID"_s, id + u"@google.com"_s);
    event.insert(u"created"_s, now);
    event.insert(u"updated"_s, now);
    event.insert(u"organizer"_s, QJsonObject{{u"email"_s, m_account}, {u"self"_s, true}});
    event.insert(u"start"_s, shown(event[u"start"_s].toObject()));
    event.insert(u"end"_s, shown(event[u"end"_s].toObject()));
    if (text(event, u"status"_s).isEmpty())
        event.insert(u"status"_s, u"confirmed"_s);
    kept.resource = event;
    m_events.push_back(kept);
}

QString GoogleEvents::add(const QJsonObject &event)
{
    const QDateTime start = instantOf(event[u"start"_s].toObject());
    const QDateTime end = instantOf(event[u"end"_s].toObject());
    if (!start.isValid() || !end.isValid() || end < start)
        return {};
    const QString given = text(event, u"id"_s);
    QString id = given.isEmpty() ? u"seed%1"_s.arg(++m_made, 8, 10, QChar(u'0')) : given;
    keep(event, id);
    return id;
}

void GoogleEvents::cancel(const QString &id)
{
    for (Event &event : m_events) {
        if (event.id == id)
            event.resource.insert(u"status"_s, u"cancelled"_s);
    }
}

const GoogleEvents::Event *GoogleEvents::byId(const QString &id) const
{
    const auto found = std::find_if(m_events.begin(), m_events.end(),
                                    [&](const Event &event) { return event.id == id; });
    return found == m_events.end() ? nullptr : &*found;
}

std::vector<const GoogleEvents::Event *> GoogleEvents::between(const QDateTime &from,
                                                               const QDateTime &to) const
{
    std::vector<const Event *> found;
    for (const Event &event : m_events) {
        if (!event.isCancelled() && (!to.isValid() || event.start < to)
            && (!from.isValid() || event.end > from))
            found.push_back(&event);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Event *a, const Event *b) { return a->start < b->start; });
    return found;
}

QList<QJsonObject> GoogleEvents::all() const
{
    QList<QJsonObject> resources;
    for (const Event *event : between({}, {}))
        resources.append(event->resource);
    return resources;
}

HttpAnswer GoogleEvents::calendar() const
{
    return HttpAnswer::json(200, {{u"kind"_s, u"calendar#calendar"_s},
                                  {u"id"_s, m_account},
                                  {u"summary"_s, m_account},
                                  {u"timeZone"_s, QString::fromLatin1(m_zone.id())}});
}

HttpAnswer GoogleEvents::list(const Form &query, int largestPage) const
{
    const bool isOrdered = query.value(u"orderBy"_s) == u"startTime";
    if (isOrdered && query.value(u"singleEvents"_s) != u"true")
        return badRequest(u"badRequest"_s,
                          u"The requested ordering is not available for the particular query."_s);
    const QDateTime from = offsetTime(query.value(u"timeMin"_s));
    const QDateTime to = offsetTime(query.value(u"timeMax"_s));
    if ((query.has(u"timeMin"_s) && !from.isValid()) || (query.has(u"timeMax"_s) && !to.isValid()))
        return badRequest(u"badRequest"_s, u"Bad Request"_s);
    if (from.isValid() && to.isValid() && from >= to)
        return badRequest(u"timeRangeEmpty"_s, u"The specified time range is empty."_s);
    int size = kUsualPage;
    if (query.has(u"maxResults"_s))
        size = query.value(u"maxResults"_s).toInt();
    if (size < 1 || size > kLargestPage)
        return badRequest(u"invalidParameter"_s, u"Invalid value for maxResults."_s);
    size = std::min(size, largestPage);
    const auto found = between(from, to);
    const size_t begin = query.value(u"pageToken"_s).toULongLong();
    const size_t end = std::min(begin + size_t(size), found.size());
    QJsonArray items;
    for (size_t i = begin; i < end; ++i)
        items.append(found[i]->resource);
    QJsonObject answer{{u"kind"_s, u"calendar#events"_s},
                       {u"summary"_s, m_account},
                       {u"timeZone"_s, QString::fromLatin1(m_zone.id())},
                       {u"accessRole"_s, u"owner"_s},
                       {u"items"_s, items}};
    if (end < found.size())
        answer.insert(u"nextPageToken"_s, QString::number(end));
    return HttpAnswer::json(200, answer);
}

HttpAnswer GoogleEvents::find(const QString &id) const
{
    const Event *event = byId(id);
    return event ? HttpAnswer::json(200, event->resource) : missing();
}

HttpAnswer GoogleEvents::insert(const QJsonObject &event)
{
    static const QRegularExpression idForm(u"^[a-v0-9]{5,1024}$"_s);
    static const QRegularExpression mailForm(u"^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$"_s);
    const QDateTime start = instantOf(event[u"start"_s].toObject());
    const QDateTime end = instantOf(event[u"end"_s].toObject());
    if (!start.isValid())
        return badRequest(u"required"_s, u"Missing time zone definition for start time."_s);
    if (!end.isValid())
        return badRequest(u"required"_s, u"Missing end time."_s);
    if (end < start)
        return badRequest(u"timeRangeEmpty"_s, u"The specified time range is empty."_s);
    for (const auto &attendee : event[u"attendees"_s].toArray()) {
        if (!mailForm.match(attendee[u"email"_s].toString()).hasMatch())
            return badRequest(u"invalid"_s, u"Invalid attendee email."_s);
    }
    QString id = text(event, u"id"_s);
    if (!id.isEmpty() && !idForm.match(id).hasMatch())
        return badRequest(u"invalid"_s, u"Invalid resource id value."_s);
    if (byId(id))
        return calendarRefusal(409, u"duplicate"_s, u"The requested identifier already exists."_s);
    if (id.isEmpty())
        id = u"made%1"_s.arg(++m_made, 8, 10, QChar(u'0'));
    keep(event, id);
    return HttpAnswer::json(200, m_events.back().resource);
}

QJsonArray GoogleEvents::busy(const QDateTime &from, const QDateTime &to) const
{
    std::vector<std::pair<QDateTime, QDateTime>> merged;
    for (const Event *event : between(from, to)) {
        if (!event->isBusy())
            continue;
        const QDateTime start = std::max(event->start, from);
        const QDateTime end = std::min(event->end, to);
        if (!merged.empty() && start <= merged.back().second)
            merged.back().second = std::max(merged.back().second, end);
        else
            merged.emplace_back(start, end);
    }
    QJsonArray list;
    for (const auto &[start, end] : merged)
        list.append(QJsonObject{{u"start"_s, start.toString(Qt::ISODate)},
                                {u"end"_s, end.toString(Qt::ISODate)}});
    return list;
}

} // namespace sandbox
