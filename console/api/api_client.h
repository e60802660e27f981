// Requests to the server, and who is signed in.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"
#include "shared/base/secret.h"
#include "shared/protocol/account.h"
#include "shared/protocol/call.h"

#include <QJsonObject>
#include <QList>
#include <QNetworkAccessManager>
#include <QObject>
#include <QPointer>
#include <QUrl>

#include <functional>

namespace console::api {

/// Signs in, keeps the access token fresh and sends requests.
/// Why it exists: nobody else in the console sees a token or an HTTP status.
/// GUI thread; never blocks; each request has a deadline. A request that meets 401 is repeated once
/// after a refresh; when that fails too the session ends with signedOut(). Callbacks are dropped
/// when their context is gone or the session has ended meanwhile.
class ApiClient final : public QObject
{
    Q_OBJECT

public:
    template <typename T>
    using Then = std::function<void(base::Result<T>)>;

    explicit ApiClient(QObject *parent = nullptr);

    bool isSignedIn() const { return m_user.id > 0; }
    const QUrl &server() const { return m_server; }
    const protocol::User &user() const { return m_user; }

    void signIn(const QUrl &server, const QString &email, const base::Secret &password);
    /// Signs in with a refresh token of an earlier session.
    void resume(const QUrl &server, const base::Secret &refreshToken);
    /// Forgets the session here and asks the server to forget it too.
    void signOut();

    void fetchTicket(QObject *context, Then<QString> then);
    void hangUp(base::CallId call, QObject *context, Then<void> then);
    void fetchCall(base::CallId call, QObject *context, Then<protocol::CallDetail> then);

signals:
    void signedIn(const protocol::User &user);
    void signInFailed(const QString &message);
    /// A new refresh token is to be stored.
    void refreshTokenIssued(const base::Secret &token);
    /// The session is over; `reason` is empty when the user asked for it.
    void signedOut(const QString &reason);

private:
    struct Request
    {
        QByteArray verb;
        QString path;
        QByteArray body;
        QByteArray contentType;
        bool mayRefresh = true;
        QPointer<QObject> context;
        Then<QJsonObject> then;
    };

    void send(Request request);
    void onAnswer(Request request, const QByteArray &tokenUsed, QNetworkReply *reply);
    void refreshThenRepeat(Request request);
    void onRefreshed(const base::Result<QJsonObject> &answer);
    void authenticate(const QUrl &server, Request request);
    bool takeTokens(const QJsonObject &object);
    void fetchUser();
    void endSession(const QString &reason);
    void forget();
    Request postJson(const QString &path, const QJsonObject &body, Then<QJsonObject> then);

    QNetworkAccessManager m_network;
    QUrl m_server;
    protocol::User m_user;
    base::Secret m_access;
    base::Secret m_refresh;
    QList<Request> m_waiting; ///< for the refresh that is under way
    bool m_isRefreshing = false;
    int m_session = 0; ///< answers of an earlier session are ignored
};

} // namespace console::api
