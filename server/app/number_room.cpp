#include "server/app/number_room.h"

namespace server::app {

NumberRoom::NumberRoom(const Config &config, Ports ports)
    : m_rest(config.twilioBaseUrl, ports.web),
      m_market(m_rest, config.publicUrl),
      m_numberStore(ports.database),
      m_accounts(ports.database, {config.twilioAccountSid, config.twilioAuthToken},
                 config.keepsSecrets ? std::optional(ports.box) : std::nullopt),
      m_signatures(m_accounts, base::utcNow),
      m_numbers({m_numberStore, m_accounts, m_market, base::utcNow}),
      m_ownAccounts({m_accounts, m_accounts, m_market, base::utcNow}),
      m_api({m_numbers, m_ownAccounts, ports.usage, ports.wizard})
{
}

api::PhoneSignature::Verify NumberRoom::verify() const
{
    return {[this](const QString &url, const api::PhoneSignature::Fields &fields,
                   const QByteArray &text) { return m_signatures.isValid(url, fields, text); },
            [this](const QString &url, const QByteArray &body, const QByteArray &text) {
                return m_signatures.isValidJson(url, body, text);
            }};
}

void NumberRoom::heal()
{
    const auto healed = m_numbers.heal();
    if (!healed)
        base::log::warning("store.housekeeping_failed",
                           {{QStringLiteral("cause"), healed.error().cause}});
    else if (*healed > 0)
        base::log::info("numbers.healed", {{QStringLiteral("count"), *healed}});
}

} // namespace server::app
