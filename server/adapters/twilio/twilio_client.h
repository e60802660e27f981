// Twilio's call control (Twilio Voice, "Calls resource", 2010-04-01).
#pragma once

#include "server/adapters/twilio/twilio_rest.h"
#include "server/bridge/bridge_ports.h"
#include "server/core/calls/call_ports.h"
#include "shared/base/worker_pool.h"

namespace server::twilio {

/// Places and ends calls, each in the account that its number on our side is in. Thread-safe;
/// dial() blocks, hangUp() hands its request to `pool`, which should be its own: while the phone
/// network is away, its tasks wait there between their tries.
class TwilioClient final : public core::Telephony, public bridge::PhoneControl
{
public:
    TwilioClient(const TwilioRest &rest, core::PhoneAccounts &accounts, base::WorkerPool &pool)
        : m_rest(rest), m_accounts(accounts), m_pool(pool)
    {
    }

    base::Result<core::DialledCall> dial(const core::DialOrder &order) override;
    base::Result<std::vector<core::DialledCall>> dialled(const QString &from, const QString &to,
                                                         const QDateTime &since) override;
    /// Up to three tries; a call that is over already counts as done.
    void hangUp(const QString &callSid) override;

private:
    void completeCall(const QString &callSid);

    const TwilioRest &m_rest;
    core::PhoneAccounts &m_accounts;
    base::WorkerPool &m_pool;
};

} // namespace server::twilio
