// Numbers and accounts at Twilio ("IncomingPhoneNumber resource", "AvailablePhoneNumberLocal
// resource", "Account resource", "Balance resource"; 2010-04-01).
#pragma once

#include "server/adapters/twilio/twilio_rest.h"
#include "server/core/numbers/number_market.h"

#include <QUrl>

namespace server::twilio {

/// Thread-safe; blocks.
class TwilioNumbers final : public core::NumberMarket
{
public:
    /// `publicUrl` is where numbers that are bought send their calls.
    TwilioNumbers(const TwilioRest &rest, QUrl publicUrl)
        : m_rest(rest), m_publicUrl(std::move(publicUrl))
    {
    }

    base::Result<core::NetworkAccount> look(const core::PhoneAccount &account) override;
    base::Result<core::NetworkAccount> lookWithBalance(const core::PhoneAccount &account) override;
    base::Result<std::vector<core::AvailableNumber>>
    search(const core::PhoneAccount &account, const QString &areaCode, int limit) override;
    base::Result<core::NetworkNumber> buy(const core::PhoneAccount &account, const QString &e164,
                                          const QString &name) override;
    base::Result<> release(const core::PhoneAccount &account, const QString &sid) override;
    base::Result<std::optional<core::NetworkNumber>> find(const core::PhoneAccount &account,
                                                          const QString &sid) override;
    base::Result<std::vector<core::NetworkNumber>> named(const core::PhoneAccount &account,
                                                         const QString &name) override;
    base::Result<std::optional<core::NetworkNumber>> byNumber(const core::PhoneAccount &account,
                                                              const QString &e164) override;

private:
    base::Result<std::vector<core::NetworkNumber>> list(const core::PhoneAccount &account,
                                                        const web::Form &filter) const;
    QString ours(const char *path) const;

    const TwilioRest &m_rest;
    const QUrl m_publicUrl;
};

} // namespace server::twilio
