// One calendar of the calendar provider.
#pragma once

#include "tests/sandbox/http_listener.h"

#include <QDateTime>
#include <QJsonArray>
#include <QTimeZone>

#include <vector>

namespace sandbox {

/// Events of one calendar, in the form of the Calendar API v3. Knows single events only.
class GoogleEvents
{
public:
    GoogleEvents(QString account, const QByteArray &timeZone)
        : m_account(std::move(account)), m_zone(timeZone)
    {
    }

    /// Puts an event there as its owner would: an Events resource, of which only `start` and `end`
    /// (each with `dateTime` or `date`) must be given. Its id; empty when the times make no sense.
    QString add(const QJsonObject &event);
    void cancel(const QString &id);
    /// Every event that is not cancelled, by start.
    QList<QJsonObject> all() const;

    /// GET .../calendars/primary.
    HttpAnswer calendar() const;
    /// GET .../events.
    HttpAnswer list(const Form &query, int largestPage) const;
    /// GET .../events/{id}. A cancelled event is still there.
    HttpAnswer find(const QString &id) const;
    /// POST .../events.
    HttpAnswer insert(const QJsonObject &event);
    /// The `busy` list of a free/busy answer.
    QJsonArray busy(const QDateTime &from, const QDateTime &to) const;

private:
    struct Event
    {
        QString id;
        QDateTime start; ///< UTC
        QDateTime end;
        QJsonObject resource;
        bool isCancelled() const;
        bool isBusy() const;
    };

    const Event *byId(const QString &id) const;
    std::vector<const Event *> between(const QDateTime &from, const QDateTime &to) const;
    /// The instant of an event's `start` or `end`; invalid when it says none.
    QDateTime instantOf(const QJsonObject &time) const;
    QJsonObject shown(const QJsonObject &time) const;
    void keep(QJsonObject event, const QString &id);

    const QString m_account;
    const QTimeZone m_zone;
    std::vector<Event> m_events;
    int m_made = 0;
};

} // namespace sandbox
