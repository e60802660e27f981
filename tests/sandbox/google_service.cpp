#include "tests/sandbox/google_service.h"

#include "tests/sandbox/google_answers.h"

#include <QHash>
#include <QJsonDocument>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

const QByteArray kCalendarApi = "/calendar/v3";
const QByteArray kPrimary = "/calendars/primary";
const QByteArray kEvents = "/calendars/primary/events";

HttpAnswer struck(GoogleFault::Kind kind)
{
    using enum GoogleFault::Kind;
    switch (kind) {
    case Failing:
        return calendarRefusal(500, u"backendError"_s, u"Backend Error"_s);
    case Rate:
        return calendarRefusal(403, u"rateLimitExceeded"_s, u"Rate Limit Exceeded"_s);
    case Quota:
        return calendarRefusal(403, u"quotaExceeded"_s, u"Calendar usage limits exceeded."_s);
    case TooMany:
        return calendarRefusal(429, u"rateLimitExceeded"_s, u"Rate Limit Exceeded"_s);
    case Garbage: {
        HttpAnswer answer;
        answer.body = "<html>\xff\xfe{[";
        return answer;
    }
    case Slow:
    case Drop:
    case Lost:
        break;
    }
    HttpAnswer answer;
    answer.drop = true;
    return answer;
}

} // namespace

std::optional<GoogleFault::Kind> googleFaultKind(const QString &name)
{
    using enum GoogleFault::Kind;
    static const QHash<QString, GoogleFault::Kind> kinds{
        {u"slow"_s, Slow},   {u"500"_s, Failing},     {u"rate"_s, Rate}, {u"quota"_s, Quota},
        {u"429"_s, TooMany}, {u"garbage"_s, Garbage}, {u"drop"_s, Drop}, {u"lost"_s, Lost}};
    const auto kind = kinds.constFind(name);
    return kind == kinds.cend() ? std::nullopt : std::optional(*kind);
}

GoogleService::GoogleService(GoogleSettings settings, Journal &journal)
    : m_settings(std::move(settings)),
      m_journal(journal),
      m_accounts(m_settings, journal),
      m_http([this](const HttpRequest &request) { return serve(request); })
{
}

base::Result<> GoogleService::listen(const QHostAddress &host, quint16 port)
{
    if (auto listening = m_http.listen(host, port); !listening)
        return listening;
    m_baseUrl = u"http://%1:%2"_s.arg(host.toString()).arg(m_http.port());
    return {};
}

GoogleEvents &GoogleService::calendar(const QString &account)
{
    const QString name = account.isEmpty() ? m_settings.account : account;
    return m_calendars.try_emplace(name, name, m_settings.timeZone).first->second;
}

std::optional<GoogleFault> GoogleService::takeFault(const QByteArray &asked)
{
    for (auto fault = m_faults.begin(); fault != m_faults.end(); ++fault) {
        if (!asked.startsWith(fault->only))
            continue;
        GoogleFault taken = *fault;
        if (fault->count > 0 && --fault->count == 0)
            m_faults.erase(fault);
        return taken;
    }
    return std::nullopt;
}

HttpAnswer GoogleService::serve(const HttpRequest &request)
{
    const QByteArray asked = request.method + ' ' + request.path;
    m_requests.append(asked);
    const auto fault = takeFault(asked);
    if (!fault)
        return serveNow(request);
    if (fault->kind != GoogleFault::Kind::Slow && fault->kind != GoogleFault::Kind::Lost)
        return struck(fault->kind);
    HttpAnswer answer = serveNow(request);
    if (fault->kind == GoogleFault::Kind::Slow)
        answer.delay = fault->after;
    else
        answer.drop = true;
    return answer;
}

HttpAnswer GoogleService::serveNow(const HttpRequest &request)
{
    const QByteArray asked = request.method + ' ' + request.path;
    if (asked == "GET /o/oauth2/auth")
        return m_accounts.consent(request);
    if (asked == "POST /token")
        return m_accounts.token(request.form());
    if (asked == "POST /revoke")
        return m_accounts.revoke(request.form());
    if (request.path.startsWith(kCalendarApi + '/'))
        return notingBreach(serveCalendar(request), request);
    return notingBreach(calendarRefusal(404, u"notFound"_s, u"Not Found"_s), request);
}

/// What is wrong with a request by the API's own rules is a mistake of the server under test.
HttpAnswer GoogleService::notingBreach(HttpAnswer answer, const HttpRequest &request)
{
    const bool isOfNoRoute = answer.status == 404 && !request.path.contains("/events/");
    if (answer.status == 400 || answer.status == 405 || isOfNoRoute)
        m_journal.breach(u"google"_s, QString::fromUtf8(request.method + ' ' + request.path + '?'
                                                        + request.query + " -> " + answer.body));
    return answer;
}

HttpAnswer GoogleService::serveCalendar(const HttpRequest &request)
{
    const QString account = m_accounts.accountOf(request);
    if (account.isEmpty())
        return calendarRefusal(401, u"authError"_s, u"Invalid Credentials"_s);
    GoogleEvents &events = calendar(account);
    const QByteArray path = request.path.sliced(kCalendarApi.size());
    if (path.startsWith(kEvents))
        return serveEvents(request, events);
    if (request.method == "POST" && path == "/freeBusy")
        return freeBusy(request.json(), events);
    if (request.method == "GET" && path == kPrimary)
        return events.calendar();
    if (request.method == "GET" && path == "/users/me/calendarList") {
        QJsonObject entry = QJsonDocument::fromJson(events.calendar().body).object();
        entry.insert(u"kind"_s, u"calendar#calendarListEntry"_s);
        entry.insert(u"primary"_s, true);
        entry.insert(u"accessRole"_s, u"owner"_s);
        return HttpAnswer::json(
            200, {{u"kind"_s, u"calendar#calendarList"_s}, {u"items"_s, QJsonArray{entry}}});
    }
    if (request.method == "GET" && path == "/users/me/settings/timezone")
        return HttpAnswer::json(200, {{u"kind"_s, u"calendar#setting"_s},
                                      {u"id"_s, u"timezone"_s},
                                      {u"value"_s, QString::fromLatin1(m_settings.timeZone)}});
    return calendarRefusal(404, u"notFound"_s, u"Not Found"_s);
}

HttpAnswer GoogleService::serveEvents(const HttpRequest &request, GoogleEvents &events) const
{
    const QByteArray rest = request.path.sliced(kCalendarApi.size() + kEvents.size());
    if (rest.isEmpty() && request.method == "GET")
        return events.list(Form::decode(request.query), m_settings.largestPage);
    if (rest.isEmpty() && request.method == "POST")
        return events.insert(request.json());
    if (rest.size() > 1 && rest.startsWith('/') && request.method == "GET")
        return events.find(QUrl::fromPercentEncoding(rest.sliced(1)));
    return calendarRefusal(405, u"httpMethodNotAllowed"_s, u"Method Not Allowed"_s);
}

HttpAnswer GoogleService::freeBusy(const QJsonObject &question, const GoogleEvents &events) const
{
    const auto timeOf = [&](const QString &name) {
        return QDateTime::fromString(question[name].toString(), Qt::ISODateWithMs).toUTC();
    };
    const QDateTime from = timeOf(u"timeMin"_s);
    const QDateTime to = timeOf(u"timeMax"_s);
    if (!from.isValid() || !to.isValid() || from >= to)
        return calendarRefusal(400, u"timeRangeEmpty"_s, u"The specified time range is empty."_s);
    QJsonObject calendars;
    for (const auto &item : question[u"items"_s].toArray()) {
        const QString id = item[u"id"_s].toString();
        if (id == u"primary")
            calendars.insert(id, QJsonObject{{u"busy"_s, events.busy(from, to)}});
        else
            calendars.insert(
                id,
                QJsonObject{{u"errors"_s, QJsonArray{QJsonObject{{u"domain"_s, u"global"_s},
                                                                 {u"reason"_s, u"notFound"_s}}}}});
    }
    return HttpAnswer::json(200, {{u"kind"_s, u"calendar#freeBusy"_s},
                                  {u"timeMin"_s, question[u"timeMin"_s]},
                                  {u"timeMax"_s, question[u"timeMax"_s]},
                                  {u"calendars"_s, calendars}});
}

QJsonObject GoogleService::report() const
{
    QJsonObject calendars;
    for (const auto &[account, events] : m_calendars) {
        QJsonArray list;
        for (const QJsonObject &event : events.all())
            list.append(event);
        calendars.insert(account, list);
    }
    return {{u"calendars"_s, calendars},
            {u"refreshes"_s, m_accounts.refreshes()},
            {u"requests"_s, m_requests.size()}};
}

} // namespace sandbox
