// The calendar provider: Google's consent pages, tokens and Calendar API v3.
#pragma once

#include "tests/sandbox/google_accounts.h"
#include "tests/sandbox/google_events.h"

#include <map>

namespace sandbox {

/// Stands in for Google. Entry point of the calendar side; lives on the sandbox's loop.
class GoogleService final : public QObject
{
    Q_OBJECT
public:
    GoogleService(GoogleSettings settings, Journal &journal);

    base::Result<> listen(const QHostAddress &host, quint16 port);
    /// What the server gets as GOOGLE_API_BASE_URL and GOOGLE_OAUTH_BASE_URL.
    QString baseUrl() const { return m_baseUrl; }
    const GoogleSettings &settings() const { return m_settings; }

    GoogleAccounts &accounts() { return m_accounts; }
    /// The calendar of an account; of the one that is signed in at first, without a name.
    GoogleEvents &calendar(const QString &account = {});
    void addFault(const GoogleFault &fault) { m_faults.push_back(fault); }
    void clearFaults() { m_faults.clear(); }
    /// "METHOD path" of every request to the Calendar API and for tokens.
    const QList<QByteArray> &requests() const { return m_requests; }
    /// Events by account, and how often tokens were refreshed.
    QJsonObject report() const;

private:
    HttpAnswer serve(const HttpRequest &request);
    HttpAnswer serveNow(const HttpRequest &request);
    HttpAnswer serveCalendar(const HttpRequest &request);
    HttpAnswer serveEvents(const HttpRequest &request, GoogleEvents &events) const;
    HttpAnswer freeBusy(const QJsonObject &question, const GoogleEvents &events) const;
    HttpAnswer notingBreach(HttpAnswer answer, const HttpRequest &request);
    std::optional<GoogleFault> takeFault(const QByteArray &asked);

    const GoogleSettings m_settings;
    Journal &m_journal;
    GoogleAccounts m_accounts;
    std::map<QString, GoogleEvents> m_calendars;
    std::vector<GoogleFault> m_faults;
    QList<QByteArray> m_requests;
    HttpListener m_http;
    QString m_baseUrl;
};

} // namespace sandbox
