#include "console/api/api_client.h"

#include "console/api/api_problem.h"

#include <QJsonDocument>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QUrlQuery>

#include <chrono>
#include <utility>

namespace console::api {

namespace {

constexpr std::chrono::milliseconds kDeadline{10000};
constexpr qint64 kLargestAnswer = 8 << 20;

QByteArray formField(const QString &text)
{
    // Not QUrlQuery: it leaves '+' alone, which a form decodes to a space.
    return QUrl::toPercentEncoding(text);
}

QUrl endpoint(const QUrl &server, const QString &path)
{
    QUrl url = server;
    QString base = url.path();
    while (base.endsWith(u'/'))
        base.chop(1);
    url.setPath(base + path);
    url.setQuery(QString());
    return url;
}

QString callPath(base::CallId call)
{
    return QStringLiteral("/admin/calls/%1").arg(call.value);
}

} // namespace

ApiClient::ApiClient(QObject *parent) : QObject(parent)
{
    m_network.setTransferTimeout(int(kDeadline.count()));
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

void ApiClient::signIn(const QUrl &server, const QString &email, const base::Secret &password)
{
    Request request;
    request.verb = "POST";
    request.path = QStringLiteral("/auth/login");
    request.contentType = "application/x-www-form-urlencoded";
    request.body = "username=" + formField(email)
                   + "&password=" + formField(QString::fromUtf8(password.reveal()));
    authenticate(server, std::move(request));
}

void ApiClient::resume(const QUrl &server, const base::Secret &refreshToken)
{
    Request request =
        postJson(QStringLiteral("/auth/refresh"),
                 {{QStringLiteral("refresh_token"), QString::fromUtf8(refreshToken.reveal())}}, {});
    authenticate(server, std::move(request));
    m_refresh = refreshToken; // an answer may leave it out and mean "keep it"
}

void ApiClient::authenticate(const QUrl &server, Request request)
{
    forget();
    m_server = server;
    request.mayRefresh = false;
    request.context = this;
    request.then = [this](const base::Result<QJsonObject> &answer) {
        if (!answer) {
            forget();
            emit signInFailed(answer.error().message);
            return;
        }
        if (!takeTokens(*answer)) {
            forget();
            emit signInFailed(tr("This is not a phone assistant server."));
            return;
        }
        fetchUser();
    };
    send(std::move(request));
}

void ApiClient::fetchUser()
{
    Request request;
    request.verb = "GET";
    request.path = QStringLiteral("/users/me");
    request.mayRefresh = false;
    request.context = this;
    request.then = [this](const base::Result<QJsonObject> &answer) {
        const auto user = answer ? protocol::User::fromJson(*answer) : std::nullopt;
        if (!user) {
            forget();
            emit signInFailed(answer ? tr("This is not a phone assistant server.")
                                     : answer.error().message);
            return;
        }
        m_user = *user;
        emit signedIn(m_user);
    };
    send(std::move(request));
}

void ApiClient::signOut()
{
    if (!isSignedIn())
        return;
    // Sent before the token is forgotten; nobody waits for the answer.
    send(postJson(QStringLiteral("/auth/logout"), {}, {}));
    endSession({});
}

void ApiClient::fetchTicket(QObject *context, Then<QString> then)
{
    Request request = postJson(
        QStringLiteral("/admin/live/ticket"), {},
        [then = std::move(then)](const base::Result<QJsonObject> &answer) {
            if (!answer)
                return then(base::failed(answer));
            const QString ticket = answer->value(QLatin1String("ticket")).toString();
            if (ticket.isEmpty())
                return then(base::fail(base::Fault::Upstream, tr("The server gave no ticket.")));
            then(ticket);
        });
    request.context = context;
    send(std::move(request));
}

void ApiClient::hangUp(base::CallId call, QObject *context, Then<void> then)
{
    Request request = postJson(callPath(call) + QStringLiteral("/hangup"), {},
                               [then = std::move(then)](const base::Result<QJsonObject> &answer) {
                                   if (!answer)
                                       return then(base::failed(answer));
                                   then({});
                               });
    request.context = context;
    send(std::move(request));
}

void ApiClient::fetchCall(base::CallId call, QObject *context, Then<protocol::CallDetail> then)
{
    Request request;
    request.verb = "GET";
    request.path = callPath(call);
    request.context = context;
    request.then = [then = std::move(then)](const base::Result<QJsonObject> &answer) {
        if (!answer)
            return then(base::failed(answer));
        auto detail = protocol::CallDetail::fromJson(*answer);
        if (!detail)
            return then(
                base::fail(base::Fault::Upstream, tr("The server's answer is unreadable.")));
        then(std::move(*detail));
    };
    send(std::move(request));
}

ApiClient::Request ApiClient::postJson(const QString &path, const QJsonObject &body,
                                       Then<QJsonObject> then)
{
    Request request;
    request.verb = "POST";
    request.path = path;
    request.contentType = "application/json";
    request.body = QJsonDocument(body).toJson(QJsonDocument::Compact);
    request.context = this;
    request.then = std::move(then);
    return request;
}

void ApiClient::send(Request request)
{
    QNetworkRequest networkRequest(endpoint(m_server, request.path));
    networkRequest.setRawHeader("Accept", "application/json");
    if (!request.contentType.isEmpty())
        networkRequest.setHeader(QNetworkRequest::ContentTypeHeader, request.contentType);
    const QByteArray token = m_access.reveal();
    if (!token.isEmpty())
        networkRequest.setRawHeader("Authorization", "Bearer " + token);

    QNetworkReply *reply = m_network.sendCustomRequest(networkRequest, request.verb, request.body);
    connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received) {
        if (received > kLargestAnswer)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this,
            [this, reply, token, request = std::move(request), session = m_session]() mutable {
                reply->deleteLater();
                if (session == m_session)
                    onAnswer(std::move(request), token, reply);
            });
}

void ApiClient::onAnswer(Request request, const QByteArray &tokenUsed, QNetworkReply *reply)
{
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QByteArray body = reply->readAll();
    if (status == 401 && request.mayRefresh) {
        request.mayRefresh = false;
        if (tokenUsed != m_access.reveal())
            send(std::move(request)); // a refresh has happened meanwhile
        else
            refreshThenRepeat(std::move(request));
        return;
    }
    if (!request.context || !request.then)
        return;
    if (status < 200 || status > 299 || reply->error() != QNetworkReply::NoError) {
        const bool isCutOff = status >= 200 && status <= 299;
        request.then(tl::unexpected(problemOf(isCutOff ? 0 : status, reply->error(), body)));
        return;
    }
    request.then(QJsonDocument::fromJson(body).object());
}

void ApiClient::refreshThenRepeat(Request request)
{
    m_waiting.append(std::move(request));
    if (m_isRefreshing)
        return;
    if (m_refresh.isEmpty()) {
        endSession(tr("Your session has ended. Please sign in again."));
        return;
    }
    m_isRefreshing = true;
    Request refresh =
        postJson(QStringLiteral("/auth/refresh"),
                 {{QStringLiteral("refresh_token"), QString::fromUtf8(m_refresh.reveal())}},
                 [this](const base::Result<QJsonObject> &answer) { onRefreshed(answer); });
    refresh.mayRefresh = false;
    send(std::move(refresh));
}

void ApiClient::onRefreshed(const base::Result<QJsonObject> &answer)
{
    m_isRefreshing = false;
    if (answer && takeTokens(*answer)) {
        for (Request &request : std::exchange(m_waiting, {}))
            send(std::move(request));
        return;
    }
    using base::Fault;
    const Fault fault = answer ? Fault::Unauthenticated : answer.error().fault;
    if (fault == Fault::Unauthenticated || fault == Fault::Forbidden || fault == Fault::Invalid
        || fault == Fault::Unprocessable) {
        endSession(tr("Your session has ended. Please sign in again."));
        return;
    }
    // The server is away or busy: that is no reason to sign anybody out.
    for (const Request &request : std::exchange(m_waiting, {})) {
        if (request.context && request.then)
            request.then(base::failed(answer));
    }
}

bool ApiClient::takeTokens(const QJsonObject &object)
{
    const auto pair = protocol::TokenPair::fromJson(object);
    if (!pair)
        return false;
    m_access = base::Secret(pair->accessToken.toUtf8());
    if (!pair->refreshToken.isEmpty()) {
        m_refresh = base::Secret(pair->refreshToken.toUtf8());
        emit refreshTokenIssued(m_refresh);
    }
    return true;
}

void ApiClient::endSession(const QString &reason)
{
    forget();
    emit signedOut(reason);
}

void ApiClient::forget()
{
    ++m_session;
    m_isRefreshing = false;
    m_waiting.clear();
    m_user = {};
    m_access = base::Secret();
    m_refresh = base::Secret();
}

} // namespace console::api
