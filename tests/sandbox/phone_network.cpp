#include "tests/sandbox/phone_network.h"

#include "tests/sandbox/vendor_refusal.h"

#include <QJsonArray>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

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
        return vendorRefusal(400, 21201, u"No 'To' number is specified"_s);
    if (from.isEmpty())
        return vendorRefusal(400, 21213, u"No 'From' number is specified"_s);
    if (!isPhoneNumber(to))
        return vendorRefusal(
            400, 21211,
            u"The phone number you are attempting to call, %1, is not valid."_s.arg(to));
    if (!isPhoneNumber(from))
        return vendorRefusal(
            400, 21212,
            u"The source phone number provided, %1, is not a valid phone number."_s.arg(from));
    if (!order.has(u"Url"_s) && !order.has(u"Twiml"_s))
        return vendorRefusal(400, 21205, u"Url parameter is required."_s);
    for (const auto &field : {u"Url"_s, u"StatusCallback"_s, u"RecordingStatusCallback"_s,
                              u"AsyncAmdStatusCallback"_s}) {
        if (order.has(field) && !isWebUrl(order.value(field)))
            return vendorRefusal(400, 21205,
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
      m_accounts(m_settings, m_webhook, journal),
      m_intelligence(m_settings, m_webhook, [this](const QString &sid) { return scriptOf(sid); }),
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
                             const QString &dialogue, const QByteArray &account)
{
    const auto [settings, webhook] = m_accounts.of(account);
    m_calls.push_back(std::make_unique<PhoneCall>(
        direction, order, dialogue,
        CallWorld{settings, m_library, m_book, m_tags, m_faults, m_journal, webhook, m_baseUrl}));
    PhoneCall *added = m_calls.back().get();
    connect(added, &PhoneCall::changed, this, [this, added] { emit callChanged(added); });
    added->dial();
    return *added;
}

PhoneCall &PhoneNetwork::callIn(const QString &from, const QString &to, const QString &url,
                                const QString &dialogue)
{
    const NumberMarket::Number *dialled = m_market.find(to);
    return add(PhoneCall::Direction::Inbound, {{u"From"_s, from}, {u"To"_s, to}, {u"Url"_s, url}},
               dialogue, dialled ? dialled->account : m_settings.accountSid);
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

/// The service's own number is not in the market: it was there before.
bool PhoneNetwork::hasNumber(const QByteArray &account, const QString &number) const
{
    const NumberMarket::Number *sold = m_market.find(number);
    return sold ? sold->account == account : account == m_settings.accountSid;
}

HttpAnswer PhoneNetwork::serve(const HttpRequest &request)
{
    if (const auto fault = m_faults.takeRefusal()) {
        if (fault->kind == FaultKind::TooMany)
            return vendorRefusal(429, 20429, u"Too Many Requests"_s);
        return vendorRefusal(503, 20503, u"Service Unavailable"_s);
    }
    if (request.path.startsWith("/v2/"))
        return m_accounts.isAuthorised(request, m_settings.accountSid)
                   ? m_intelligence.serve(request)
                   : vendorRefusal(401, 20003, u"Authenticate"_s);
    // /2010-04-01/Accounts/{AC}[.json|/...]
    const QList<QByteArray> path = request.path.split('/');
    if (path.size() < 4 || path[1] != "2010-04-01" || path[2] != "Accounts")
        return vendorRefusal(
            404, 20404,
            u"The requested resource %1 was not found"_s.arg(QString::fromUtf8(request.path)));
    const bool isAudio = path.size() == 6 && path[4] == "Recordings" && request.method == "GET";
    const QByteArray account = path[3].endsWith(".json") ? path[3].chopped(5) : path[3];
    if (!isAudio && !m_accounts.isAuthorised(request, account))
        return vendorRefusal(401, 20003, u"Authenticate"_s);
    return serveAccount(request, path);
}

HttpAnswer PhoneNetwork::serveAccount(const HttpRequest &request, const QList<QByteArray> &path)
{
    auto missing = vendorRefusal(
        404, 20404,
        u"The requested resource %1 was not found"_s.arg(QString::fromUtf8(request.path)));
    const bool isItself = path.size() == 4 && path[3].endsWith(".json");
    const QByteArray account = isItself ? path[3].chopped(5) : path[3];
    if (m_accounts.of(account).settings.accountSid != account)
        return missing;
    if (isItself)
        return request.method == "GET" ? PhoneAccounts::resource(account) : missing;
    if (auto answer = m_market.serve(request, account, path))
        return *answer;
    if (path.size() == 5 && path[4] == "Calls.json")
        return request.method == "POST"  ? placeCall(request.form(), account)
               : request.method == "GET" ? listCalls(Form::decode(request.query), account)
                                         : vendorRefusal(405, 20004, u"Method not allowed"_s);
    if (path.size() == 6 && path[4] == "Recordings" && request.method == "GET")
        return recording(path[5]);
    if (path.size() == 6 && path[4] == "Recordings" && request.method == "DELETE")
        return deleteRecording(path[5]);
    if (path.size() == 6 && path[4] == "Calls" && path[5].endsWith(".json")) {
        PhoneCall *found = call(QString::fromLatin1(path[5].chopped(5)));
        if (!found || found->resource()[u"account_sid"_s] != QString::fromLatin1(account))
            return missing;
        if (request.method == "GET")
            return HttpAnswer::json(200, found->resource());
        if (request.method == "POST")
            return updateCall(*found, request.form());
    }
    return missing;
}

HttpAnswer PhoneNetwork::placeCall(const Form &order, const QByteArray &account)
{
    if (auto wrong = whatIsWrong(order))
        return *wrong;
    if (const QString from = order.value(u"From"_s); !hasNumber(account, from))
        return vendorRefusal(400, 21210,
                             u"The source phone number provided, %1, is not yet verified for your "
                             "account."_s.arg(from));
    PhoneCall &placed = add(PhoneCall::Direction::Outbound, order, {}, account);
    emit callDialled(&placed);
    return HttpAnswer::json(201, placed.resource());
}

/// The newest first, as many as fit on one page.
HttpAnswer PhoneNetwork::listCalls(const Form &wanted, const QByteArray &account) const
{
    constexpr qsizetype kUsualPage = 50;
    const qsizetype page =
        wanted.has(u"PageSize"_s) ? wanted.value(u"PageSize"_s).toInt() : kUsualPage;
    const auto fits = [&](const QJsonObject &call, const QString &field, const QString &name) {
        return !wanted.has(field) || call[name].toString() == wanted.value(field);
    };
    QJsonArray found;
    for (auto one = m_calls.rbegin(); one != m_calls.rend() && found.size() < page; ++one) {
        const QJsonObject call = (*one)->resource();
        if (call[u"account_sid"_s].toString() == QString::fromLatin1(account)
            && fits(call, u"To"_s, u"to"_s) && fits(call, u"From"_s, u"from"_s)
            && fits(call, u"Status"_s, u"status"_s))
            found.append(call);
    }
    return HttpAnswer::json(200, {{u"calls"_s, found},
                                  {u"page"_s, 0},
                                  {u"page_size"_s, int(page)},
                                  {u"next_page_uri"_s, QJsonValue::Null}});
}

HttpAnswer PhoneNetwork::updateCall(PhoneCall &one, const Form &change)
{
    const QString status = change.value(u"Status"_s);
    if (one.isOver())
        return vendorRefusal(400, 21220, u"Unable to update record. Call is not in-progress."_s);
    if (change.has(u"Status"_s) && status != u"completed" && status != u"canceled")
        return vendorRefusal(400, 20001, u"Status must be completed or canceled"_s);
    if (status == u"canceled" && one.isAnswered())
        return vendorRefusal(400, 21220, u"A call that is in progress cannot be canceled."_s);
    if (!status.isEmpty()) {
        one.complete(one.isAnswered() ? u"completed"_s : u"canceled"_s);
    } else if (!one.isAnswered()) {
        return vendorRefusal(400, 21220, u"Call is not in-progress. Cannot redirect."_s);
    } else if (change.has(u"Twiml"_s)) {
        one.redirect(change.value(u"Twiml"_s).toUtf8());
    } else if (change.has(u"Url"_s) && isWebUrl(change.value(u"Url"_s))) {
        one.redirectTo(change.value(u"Url"_s), change.value(u"Method"_s));
    } else {
        return vendorRefusal(400, 21205, u"Url parameter is required."_s);
    }
    return HttpAnswer::json(200, one.resource());
}

PhoneCall *PhoneNetwork::recordedCall(const QString &recordingSid) const
{
    for (const auto &one : m_calls) {
        if (!recordingSid.isEmpty() && one->recordingSid() == recordingSid)
            return one.get();
    }
    return nullptr;
}

std::optional<Intelligence::Recording> PhoneNetwork::scriptOf(const QString &recordingSid) const
{
    const PhoneCall *one = recordedCall(recordingSid);
    const Dialogue *dialogue = one ? m_book.byName(one->dialogueName()) : nullptr;
    if (!dialogue)
        return std::nullopt;
    return Intelligence::Recording{
        dialogue->turns, one->direction() == PhoneCall::Direction::Outbound, one->seconds()};
}

HttpAnswer PhoneNetwork::recording(QByteArray sid) const
{
    if (sid.endsWith(".wav"))
        sid.chop(4);
    const PhoneCall *one = recordedCall(QString::fromLatin1(sid));
    if (!one)
        return vendorRefusal(404, 20404, u"The requested recording was not found"_s);
    HttpAnswer answer;
    answer.type = "audio/x-wav";
    answer.body = one->recording();
    return answer;
}

HttpAnswer PhoneNetwork::deleteRecording(QByteArray sid)
{
    if (sid.endsWith(".json"))
        sid.chop(5);
    PhoneCall *one = recordedCall(QString::fromLatin1(sid));
    if (!one)
        return vendorRefusal(404, 20404, u"The requested recording was not found"_s);
    one->deleteRecording();
    HttpAnswer gone;
    gone.status = 204;
    return gone;
}

} // namespace sandbox
