// What the agent of a call is told of its owner's calendar.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QString>

#include <optional>

namespace server::core {

struct CalendarBriefing
{
    QString timeZone; ///< IANA name of the owner's zone
    QString text;     ///< next events and free times, for the prompt; empty when nobody asked
};

/// Thread-safe; blocks.
class CalendarBriefings
{
public:
    virtual ~CalendarBriefings() = default;
    /// None when the owner has connected no calendar: then the agent books nothing. `withTimes`
    /// asks the provider for the next five events and three free times of the coming week;
    /// without it nobody outside is asked.
    virtual base::Result<std::optional<CalendarBriefing>> briefingFor(base::UserId owner,
                                                                      bool withTimes) = 0;
};

} // namespace server::core
