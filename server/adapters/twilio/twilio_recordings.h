// Twilio's recordings of calls (Twilio Voice, "Recordings resource", 2010-04-01).
#pragma once

#include "server/adapters/twilio/twilio_rest.h"
#include "server/core/transcripts/vendor_ports.h"

namespace server::twilio {

/// Thread-safe; blocks.
class TwilioRecordings final : public core::RecordingVendor
{
public:
    TwilioRecordings(const TwilioRest &rest, core::PhoneAccounts &accounts)
        : m_rest(rest), m_accounts(accounts)
    {
    }

    base::Result<> remove(const QString &recordingSid, const QString &callSid) override;

private:
    const TwilioRest &m_rest;
    core::PhoneAccounts &m_accounts;
};

} // namespace server::twilio
