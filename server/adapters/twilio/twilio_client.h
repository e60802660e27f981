// Twilio's call control (Twilio Voice, "Calls resource", 2010-04-01).
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/core/calls/call_ports.h"
#include "server/web/http_client.h"
#include "shared/base/worker_pool.h"

namespace server::twilio {

struct TwilioAccount
{
    QString baseUrl; ///< without a trailing slash
    QString accountSid;
    base::Secret authToken;
};

/// Places and ends calls. Thread-safe; dial() blocks, hangUp() hands its request to `pool`, which
/// should be its own: while the phone network is away, its tasks wait there between their tries.
class TwilioClient final : public core::Telephony, public bridge::PhoneControl
{
public:
    TwilioClient(TwilioAccount account, web::HttpClient &http, base::WorkerPool &pool);

    base::Result<core::DialledCall> dial(const core::DialOrder &order) override;
    /// Up to three tries; a call that is over already counts as done.
    void hangUp(const QString &callSid) override;

private:
    base::Result<web::HttpAnswer> post(const QString &path, const web::Form &form);
    void completeCall(const QString &callSid);

    const TwilioAccount m_account;
    web::HttpClient &m_http;
    base::WorkerPool &m_pool;
};

} // namespace server::twilio
