// What journeys of calendars do again and again.
#pragma once

#include "tests/journeys/account_steps.h"
#include "tests/journeys/stage.h"

#include <QTimeZone>

namespace tests {

/// A browser that goes one step and tells where it is sent next.
struct Visit
{
    int status = 0;
    QByteArray body;
    QUrl next;         ///< of a redirect
    QByteArray policy; ///< Content-Security-Policy
};
Visit visit(const QUrl &url);

/// Somebody with an account, in the web app.
class Owner
{
public:
    Owner(Stage &stage, const QString &name);

    qint64 id() const { return m_id; }
    const QString &token() const { return m_token; }
    RestClient &client() { return m_client; }

    Answer get(const QString &path) { return m_client.get(path); }
    Answer post(const QString &path, const QJsonObject &body) { return m_client.post(path, body); }
    Answer put(const QString &path, const QJsonObject &body);
    Answer remove(const QString &path) { return m_client.send("DELETE", path, {}, {}); }

    /// Where the browser would be sent to give consent.
    QUrl consentUrl();
    /// Goes there and back again; the page it ends on.
    Visit connect();

private:
    RestClient m_client;
    QString m_token;
    qint64 m_id = 0;
};

/// A working day some weeks ahead, never near a change to daylight saving, in America/Denver.
QDate someMonday();
/// An hour and minute of that day there, as RFC 3339.
QString at(int hour, int minute = 0, QDate day = someMonday());

/// An Events resource for the sandbox.
QJsonObject seed(const QString &summary, const QString &start, const QString &end);

} // namespace tests
