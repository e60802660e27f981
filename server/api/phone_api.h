// What the phone network asks and tells us: TwiML and callbacks.
#pragma once

#include "server/api/phone_request.h"
#include "server/api/twiml.h"
#include "server/core/calls/call_service.h"

namespace server::api {

/// Handlers of the routes that Twilio calls. Each checks the request's signature first.
/// Thread-safe; what it is made with must outlive it.
class PhoneApi
{
public:
    PhoneApi(core::CallService &calls, const PhoneSignature &signature)
        : m_calls(calls), m_signature(signature)
    {
    }

    // What to do with a call that was answered: TwiML.
    http::Response outgoingCall(const http::Request &request);
    http::Response incomingCall(const http::Request &request);
    /// Always 200: what goes wrong is said to the caller.
    http::Response incomingCustomCall(const http::Request &request);
    /// Always 200.
    http::Response incomingCalendarCall(const http::Request &request);
    http::Response handleUserInput(const http::Request &request);

    // What has become of it.
    http::Response statusCallback(const http::Request &request);
    http::Response recordingCallback(const http::Request &request);
    http::Response callEnd(const http::Request &request);
    http::Response callStatus(const http::Request &request);
    http::Response answererCallback(const http::Request &request);

private:
    base::Result<core::MediaTicket> answerIncoming(const http::Request &request,
                                                   const QString &scenario);
    http::Response connect(const core::MediaTicket &ticket, const QString &opening = {}) const;
    http::Response connectOr(const base::Result<core::MediaTicket> &ticket) const;

    core::CallService &m_calls;
    const PhoneSignature &m_signature;
};

} // namespace server::api
