// Time as a port: rules never ask the machine what time it is.
#pragma once

#include <QDateTime>

#include <chrono>
#include <functional>

namespace base {

/// Wall-clock time in UTC. Used for what is stored and shown.
using Clock = std::function<QDateTime()>;

inline QDateTime utcNow()
{
    return QDateTime::currentDateTimeUtc();
}

/// Monotonic time. Used for intervals; never stored.
using SteadyTime = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

} // namespace base
