// When somebody's business is open.
#pragma once

#include "server/core/calendar/calendar_event.h"

#include <QJsonObject>
#include <QTimeZone>

#include <array>
#include <optional>
#include <vector>

namespace server::core {

/// Opening hours of each weekday, as clocks on the wall show them. Immutable; any thread.
class BusinessHours
{
public:
    /// Monday to Friday, 09:00 to 17:00.
    BusinessHours();
    /// Every day from one full hour to another, 0 to 24. REQUIRES: fromHour < toHour.
    static BusinessHours everyDay(int fromHour, int toHour);
    /// `{"monday": {"start": "09:00", "end": "17:00"}, "sunday": null, …}`: a day that is null,
    /// missing or makes no sense is closed; an end not after the start is on the next day. An empty
    /// object says nothing: the default.
    static BusinessHours fromJson(const QJsonObject &json);

    /// The stretches that are open on days `first` to `last`, by start, each on the day it begins.
    std::vector<TimeRange> openings(QDate first, QDate last, const QTimeZone &zone) const;

private:
    struct Day
    {
        int opens = 0;  ///< minutes since midnight
        int closes = 0; ///< up to twice a day's
    };

    std::array<std::optional<Day>, 7> m_days; ///< Monday first
};

} // namespace server::core
