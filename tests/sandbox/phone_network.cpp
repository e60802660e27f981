#include "tests/sandbox/phone_network.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

/// An error body as the vendor's REST API writes it.
HttpAnswer refusal(int status, int code, const QString &message)
{
    return HttpAnswer::json(status,
                            {{u"code"_s, code},
                             {u"message"_s, message},
                             {u"more_info"_s, u"https://www.twilio.com/docs/errors/%1"_s.arg(code)},
                             {u"status"_s, status}});
}

bool isPhoneNumber(const QString &text)
{
    static const QRegularExpression e164(u"^\\+[1-9][0-9]{7,14}$"_s);
    return e164.match(text).hasMatch();
}

bool isWebUrl(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    return url.isValid() && !url.host().isEmpty()
           && (url.scheme() == u"http" || url.scheme() == u"https");
}

/// The first thing that is wrong with an order for a call, in the vendor's words.
std::optional<HttpAnswer> whatIsWrong(const Form &order)
{
    const QString to = order.value(u"To"_s);
    const QString from = order.value(u"From"_s);
    if (to.isEmpty())
        return refusal(400, 21201, u"No 'To' number is specified"_s);
    if (from.isEmpty())
        return refusal(400, 21213, u"No 'From' number is specified"_s);
    if (!isPhoneNumber(to))
        return refusal(400, 21211,
                       u"The phone number you are attempting to call, %1, is not valid."_s.arg(to));
    if (!isPhoneNumber(from))
        return refusal(
            400, 21212,
            u"The source phone number provided, %1, is not a valid phone number."_s.arg(from));
    if (!order.has(u"Url"_s) && !order.has(u"Twiml"_s))
        return refusal(400, 21205, u"Url parameter is required."_s);
    for (const auto &field : {u"Url"_s, u"StatusCallback"_s, u"RecordingStatusCallback"_s}) {
        if (order.has(field) && !isWebUrl(order.value(field)))
            return refusal(400, 21205,
                           u"%1 is not a valid URL: %2"_s.arg(field, order.value(field)));
    }
    return std::nullopt;
}

} // namespace

PhoneNetwork::PhoneNetwork(PhoneSettings settings, const SpeechLibrary &library, DialogueBook &book,
                           LineTags &tags, Journal &journal)
    : m_settings(std::move(settings)),
      m_library(library),
      m_book(book),
      m_tags(tags),
      m_journal(journal),
      m_webhook(m_settings, journal),
      m_rest([this](const HttpRequest &request) { return serve(request); })
{
}

base::Result<> PhoneNetwork::listen(const QHostAddress &host, quint16 port)
{
    if (auto listening = m_rest.listen(host, port); !listening)
        return listening;
    m_baseUrl = u"http://%1:%2"_s.arg(host.toString()).arg(m_rest.port());
    return {};
}

PhoneCall &PhoneNetwork::add(PhoneCall::Direction direction, const Form &order,
                             const QString &dialogue)
{
    m_calls.push_back(
        std::make_unique<PhoneCall>(direction, order, dialogue,
                                    CallWorld{m_settings, m_library, m_book, m_tags, m_faults,
                                              m_journal, m_webhook, m_baseUrl}));
    PhoneCall *added = m_calls.back().get();
    connect(added, &PhoneCall::changed, this, [this, added] { emit callChanged(added); });
    added->dial();
    return *added;
}

PhoneCall &PhoneNetwork::callIn(const QString &from, const QString &to, const QString &url,
                                const QString &dialogue)
{
    return add(PhoneCall::Direction::Inbound, {{u"From"_s, from}, {u"To"_s, to}, {u"Url"_s, url}},
               dialogue);
}

PhoneCall *PhoneNetwork::call(const QString &sid) const
{
    for (const auto &one : m_calls) {
        if (one->sid() == sid)
            return one.get();
    }
    return nullptr;
}

void PhoneNetwork::hangUpAll()
{
    for (const auto &one : m_calls)
        one->complete(u"completed"_s);
}

bool PhoneNetwork::isAuthorised(const HttpRequest &request) const
{
    const QByteArray expected = (m_settings.accountSid + ':' + m_settings.authToken).toBase64();
    return request.headers.value("authorization") == "Basic " + expected;
}

HttpAnswer PhoneNetwork::serve(const HttpRequest &request)
{
    if (const auto fault = m_faults.takeRefusal()) {
        if (fault->kind == FaultKind::TooMany)
            return refusal(429, 20429, u"Too Many Requests"_s);
        return refusal(503, 20503, u"Service Unavailable"_s);
    }
    // /2010-04-01/Accounts/{AC}[.json|/...]
    const QList<QByteArray> path = request.path.split('/');
    if (path.size() < 4 || path[1] != "2010-04-01" || path[2] != "Accounts")
        return refusal(
            404, 20404,
            u"The requested resource %1 was not found"_s.arg(QString::fromUtf8(request.path)));
    const bool isAudio = path.size() == 6 && path[4] == "Recordings";
    if (!isAudio && !isAuthorised(request))
        return refusal(401, 20003, u"Authenticate"_s);
    return serveAccount(request, path);
}

HttpAnswer PhoneNetwork::serveAccount(const HttpRequest &request, const QList<QByteArray> &path)
{
    auto missing =
        refusal(404, 20404,
                u"The requested resource %1 was not found"_s.arg(QString::fromUtf8(request.path)));
    if (path.size() == 4 && path[3] == m_settings.accountSid + ".json" && request.method == "GET") {
        return HttpAnswer::json(200, {{u"sid"_s, QString::fromLatin1(m_settings.accountSid)},
                                      {u"friendly_name"_s, u"Sandbox"_s},
                                      {u"status"_s, u"active"_s},
                                      {u"type"_s, u"Full"_s},
                                      {u"uri"_s, QString::fromUtf8(request.path)}});
    }
    if (path[3] != m_settings.accountSid)
        return missing;
    if (path.size() == 5 && path[4] == "Calls.json")
        return request.method == "POST" ? placeCall(request.form())
                                        : refusal(405, 20004, u"Method not allowed"_s);
    if (path.size() == 6 && path[4] == "Recordings" && request.method == "GET")
        return recording(path[5]);
    if (path.size() == 6 && path[4] == "Calls" && path[5].endsWith(".json")) {
        PhoneCall *found = call(QString::fromLatin1(path[5].chopped(5)));
        if (!found)
            return missing;
        if (request.method == "GET")
            return HttpAnswer::json(200, found->resource());
        if (request.method == "POST")
            return updateCall(*found, request.form());
    }
    return missing;
}

HttpAnswer PhoneNetwork::placeCall(const Form &order)
{
    if (auto wrong = whatIsWrong(order))
        return *wrong;
    return HttpAnswer::json(201, add(PhoneCall::Direction::Outbound, order, {}).resource());
}

HttpAnswer PhoneNetwork::updateCall(PhoneCall &one, const Form &change)
{
    const QString status = change.value(u"Status"_s);
    if (one.isOver())
        return refusal(400, 21220, u"Unable to update record. Call is not in-progress."_s);
    if (change.has(u"Status"_s) && status != u"completed" && status != u"canceled")
        return refusal(400, 20001, u"Status must be completed or canceled"_s);
    if (status == u"canceled" && one.isAnswered())
        return refusal(400, 21220, u"A call that is in progress cannot be canceled."_s);
    if (!status.isEmpty()) {
        one.complete(one.isAnswered() ? u"completed"_s : u"canceled"_s);
    } else if (!one.isAnswered()) {
        return refusal(400, 21220, u"Call is not in-progress. Cannot redirect."_s);
    } else if (change.has(u"Twiml"_s)) {
        one.redirect(change.value(u"Twiml"_s).toUtf8());
    } else if (change.has(u"Url"_s) && isWebUrl(change.value(u"Url"_s))) {
        one.redirectTo(change.value(u"Url"_s), change.value(u"Method"_s));
    } else {
        return refusal(400, 21205, u"Url parameter is required."_s);
    }
    return HttpAnswer::json(200, one.resource());
}

HttpAnswer PhoneNetwork::recording(QByteArray sid) const
{
    if (sid.endsWith(".wav"))
        sid.chop(4);
    for (const auto &one : m_calls) {
        if (!sid.isEmpty() && one->recordingSid() == QString::fromLatin1(sid)) {
            HttpAnswer answer;
            answer.type = "audio/x-wav";
            answer.body = one->recording();
            return answer;
        }
    }
    return refusal(404, 20404, u"The requested recording was not found"_s);
}

} // namespace sandbox
