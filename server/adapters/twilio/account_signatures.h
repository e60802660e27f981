// Signatures of the service's account and of those that users bring.
#pragma once

#include "server/adapters/twilio/request_signature.h"
#include "server/core/numbers/phone_account.h"
#include "shared/base/clock.h"

namespace server::twilio {

/// Checks a request with the token of the account that it says it is from. That of a user's account
/// counts for calls and numbers of that account only. Thread-safe. The service's own requests are
/// checked without asking anybody; others block on `accounts`, which must outlive this.
class AccountSignatures
{
public:
    using Fields = RequestSignature::Fields;

    AccountSignatures(core::PhoneAccounts &accounts, base::Clock now)
        : m_service(accounts.service().token), m_accounts(accounts), m_now(std::move(now))
    {
    }

    /// A form, a GET (without fields), or the handshake of a media stream (a ws or wss URL), which
    /// does not name its account: any will do that has a call waiting for its stream, and the
    /// stream's token tells which call it is.
    bool isValid(const QString &url, const Fields &fields, const QByteArray &signature) const;
    /// A JSON body: of the service's account only.
    bool isValidJson(const QString &url, const QByteArray &body, const QByteArray &signature) const
    {
        return m_service.isValidJson(url, body, signature);
    }

private:
    base::Result<std::vector<base::Secret>> othersFor(const QString &url,
                                                      const Fields &fields) const;

    const RequestSignature m_service;
    core::PhoneAccounts &m_accounts;
    const base::Clock m_now;
};

} // namespace server::twilio
