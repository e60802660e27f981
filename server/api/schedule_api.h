// Calls for later.
#pragma once

#include "server/core/schedule/schedule_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// What a client asks for.
struct ScheduleOrder
{
    QString phoneNumber;
    QString scenario;
    QDateTime dueAt;
};

/// From the JSON body, or from the query where there is none (an older form). A time without a zone
/// is UTC. `fallback` stands for a missing time; where it is invalid the time is required. The
/// error is the answer to give.
tl::expected<ScheduleOrder, http::Response> scheduleOrder(const http::Request &request,
                                                          const QDateTime &fallback);

/// An instant with its zone, whole seconds: "2026-03-01T12:00:00Z", the form the iOS app decodes.
QString zonedTime(const QDateTime &time);

/// Handlers of /schedule-call and /scheduled-calls. Thread-safe.
class ScheduleApi
{
public:
    ScheduleApi(core::ScheduleService &schedule, const core::UsageService &usage)
        : m_schedule(schedule), m_usage(usage)
    {
    }

    http::Response scheduleCall(const http::Request &request);
    http::Response list(const http::Request &request);
    http::Response cancel(const http::Request &request);

private:
    core::ScheduleService &m_schedule;
    const core::UsageService &m_usage;
};

} // namespace server::api
