// Requests to Google that are worth a second try.
#pragma once

#include "server/web/http_client.h"

#include <chrono>
#include <functional>

namespace server::google {

/// When to try again, and when not any more (Google Calendar API, "Handle API errors": exponential
/// backoff).
struct RetryPolicy
{
    int retries = 3;
    std::chrono::milliseconds first{1'000};   ///< before the first retry; doubled for each other
    std::chrono::milliseconds longest{8'000}; ///< no pause is longer
    double jitter = 0.2;                      ///< pauses are this much shorter or longer
    /// No try begins later than this after the first one: somebody waits for the answer.
    std::chrono::milliseconds patience{8'000};
    std::function<void(std::chrono::milliseconds)> wait; ///< none: the thread sleeps
};

/// Thread-safe; blocks while it sends and between tries.
class RetryingClient
{
public:
    explicit RetryingClient(web::HttpClient &http, RetryPolicy policy = {});

    /// Sends once. As web::HttpClient::send().
    base::Result<web::HttpAnswer> sendOnce(web::HttpRequest request) const;
    /// For requests that may arrive twice. Tries again after no answer, 408, 429, 5xx, and a 403
    /// that means "too fast". Returns the last answer; but a refusal never hides that an earlier
    /// try may have been carried out: then it is that try's failure.
    base::Result<web::HttpAnswer> send(web::HttpRequest request) const;

private:
    std::chrono::milliseconds pauseBefore(int retry) const;

    web::HttpClient &m_http;
    const RetryPolicy m_policy;
};

} // namespace server::google
