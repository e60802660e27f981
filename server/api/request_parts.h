// What handlers take from a request, and how long its usual fields may be.
#pragma once

#include "server/http/request.h"
#include "shared/base/ids.h"

#include <QString>

namespace server::api {

// Longest fields, in UTF-16 units; a longer one is refused with 422.
constexpr int kLongestEmail = 254; ///< RFC 5321 4.5.3.1.3, less the angle brackets
constexpr int kLongestPassword = 1024;
constexpr int kLongestNumber = 40; ///< a phone number as people write it
constexpr int kLongestScenario = 100;
constexpr int kLongestStep = 100; ///< a step of the onboarding
constexpr int kLongestTime = 40;

/// Whoever asks. REQUIRES: a route for signed-in users.
inline base::UserId userOf(const http::Request &request)
{
    return {request.caller.id};
}

/// The call that the path names first; 0, which no call has, when that is no number.
inline base::CallId callInPath(const http::Request &request)
{
    return {request.arguments.front().toLongLong()};
}

/// For the audit log.
inline QString requestId(const http::Request &request)
{
    return QString::fromStdString(request.id);
}

/// As much of it as is kept beside a session.
inline QString userAgentOf(const http::Request &request)
{
    constexpr qsizetype kLongest = 200;
    const auto text = request.header("user-agent").value_or("");
    return QString::fromUtf8(text.data(), qsizetype(text.size())).left(kLongest);
}

} // namespace server::api
