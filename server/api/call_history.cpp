#include "server/api/call_history.h"

#include "server/api/usage_json.h"
#include "server/http/body_reader.h"

namespace server::api {

using http::Response;

Response callHistory(const http::Request &request, core::CallStore &calls)
{
    http::QueryReader query(request);
    const qint64 limit = query.optionalInteger("limit", {.min = 1, .max = 100}).value_or(10);
    const qint64 offset = query.optionalInteger("offset", {.min = 0, .max = 1'000'000}).value_or(0);
    if (!query.ok())
        return query.problem();
    const auto found = calls.ofOwner({request.caller.id}, int(limit), int(offset));
    if (!found)
        return Response::problem(found.error());
    QJsonArray history;
    for (const core::Call &call : *found) {
        history.append(QJsonObject{{QStringLiteral("id"), call.id.value},
                                   {QStringLiteral("phone_number"), call.phoneNumber},
                                   {QStringLiteral("scenario"), call.scenario},
                                   {QStringLiteral("status"), toText(call.status)},
                                   {QStringLiteral("created_at"), naiveTime(call.createdAt)},
                                   {QStringLiteral("duration_seconds"), call.durationSeconds},
                                   {QStringLiteral("call_sid"),
                                    call.callSid.isNull() ? QStringLiteral("") : call.callSid}});
    }
    return Response::json(QJsonObject{{QStringLiteral("call_history"), history},
                                      {QStringLiteral("total_calls"), history.size()}});
}

} // namespace server::api
