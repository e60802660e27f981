#include "server/core/numbers/own_accounts.h"

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

tl::unexpected<base::Error> noAccount()
{
    return base::fail(Fault::NotFound, QStringLiteral("No Twilio account is connected"));
}

} // namespace

Result<> OwnAccounts::check(const PhoneAccount &account)
{
    if (account.sid == m_ports.accounts.service().sid)
        return base::fail(Fault::Conflict, QStringLiteral("This is the service's own account"));
    const auto seen = m_ports.market.look(account);
    if (!seen) {
        const bool isRefused = seen.error().fault == Fault::Unauthenticated;
        return isRefused ? base::fail(Fault::Invalid,
                                      QStringLiteral("Twilio does not accept these credentials"))
                         : failed(seen);
    }
    if (seen->sid != account.sid || seen->status != QLatin1String("active"))
        return base::fail(Fault::Invalid,
                          QStringLiteral("The Twilio account is not active: %1").arg(seen->status));
    return {};
}

Result<OwnAccount> OwnAccounts::connect(UserId user, const PhoneAccount &account,
                                        const std::optional<PhoneNumber> &number)
{
    if (const auto checked = check(account); !checked)
        return failed(checked);
    OwnAccount own{user, account.sid, {}, m_ports.now()};
    std::optional<OwnedNumber> owned;
    if (number) {
        const auto found = m_ports.market.byNumber(account, number->e164());
        if (!found)
            return failed(found);
        if (!*found || !(*found)->hasVoice)
            return base::fail(
                Fault::Invalid,
                QStringLiteral("The Twilio account has no such phone number for calls"));
        own.phoneNumber = number->e164();
        owned = OwnedNumber{.owner = user,
                            .e164 = number->e164(),
                            .sid = (*found)->sid,
                            .friendlyName = (*found)->friendlyName,
                            .provisionedAt = own.connectedAt,
                            .hasVoice = (*found)->hasVoice,
                            .hasSms = (*found)->hasSms,
                            .accountSid = account.sid};
    }
    if (const auto kept = m_ports.store.connect(own, account.token, owned); !kept)
        return failed(kept);
    return own;
}

Result<OwnAccount> OwnAccounts::show(UserId user) const
{
    auto own = m_ports.store.ownAccount(user);
    if (!own)
        return failed(own);
    if (!*own)
        return noAccount();
    return std::move(**own);
}

Result<> OwnAccounts::disconnect(UserId user)
{
    const auto gone = m_ports.store.disconnect(user);
    if (!gone)
        return failed(gone);
    return *gone ? Result<>() : noAccount();
}

} // namespace server::core
