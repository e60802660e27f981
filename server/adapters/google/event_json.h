// Events as Google writes them (Calendar API v3, "Events" resource).
#pragma once

#include "server/core/calendar/calendar_event.h"
#include "shared/base/result.h"

#include <QJsonObject>
#include <QTimeZone>

namespace server::google {

/// An event out of Google's JSON. `zone` is the calendar's own: whole days are days there.
/// A cancelled event may come without times; its range is invalid then. Fault::Upstream for
/// anything that is no event. Pure; any thread.
base::Result<core::CalendarEvent> eventFrom(const QJsonObject &json, const QTimeZone &zone);

/// True when the event covers whole days.
bool isAllDay(const QJsonObject &json);

/// An event to be inserted.
QJsonObject toJson(const core::NewCalendarEvent &event);

/// A stretch of a free/busy answer; Fault::Upstream when it is none.
base::Result<core::TimeRange> busyRangeFrom(const QJsonObject &json);

/// An instant as Google's parameters want it (RFC 3339, with an offset).
QString toRfc3339(const QDateTime &time);

/// The zone of that name; UTC for a name that is not known here.
QTimeZone zoneNamed(const QString &name);

} // namespace server::google
