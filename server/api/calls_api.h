// Placing calls and looking at one's own.
#pragma once

#include "server/core/calls/call_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /make-call and /calls. Thread-safe.
class CallsApi
{
public:
    CallsApi(core::CallService &service, core::CallStore &calls,
             core::IdempotencyStore &idempotency, base::Clock now)
        : m_service(service), m_calls(calls), m_idempotency(idempotency), m_now(std::move(now))
    {
    }

    /// GET /make-call/{phone_number}/{scenario}
    http::Response makeCall(const http::Request &request);
    /// POST /calls, once per Idempotency-Key
    http::Response place(const http::Request &request);
    http::Response list(const http::Request &request);
    http::Response show(const http::Request &request);

private:
    base::Result<core::Call> dial(const http::Request &request, const QString &phone,
                                  const QString &scenario);

    core::CallService &m_service;
    core::CallStore &m_calls;
    core::IdempotencyStore &m_idempotency;
    const base::Clock m_now;
};

} // namespace server::api
