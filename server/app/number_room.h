// The phone network's side of users: their numbers, their accounts, who may sign.
#pragma once

#include "server/adapters/store/number_store.h"
#include "server/adapters/store/provider_credentials_store.h"
#include "server/adapters/twilio/account_signatures.h"
#include "server/adapters/twilio/twilio_numbers.h"
#include "server/api/numbers_api.h"
#include "server/api/phone_request.h"
#include "server/app/config.h"

namespace server::app {

/// Everything between the routes of numbers and the phone network. Ports must outlive it.
class NumberRoom
{
public:
    struct Ports
    {
        store::Database &database;
        web::HttpClient &web;
        const core::SecretBox &box;
        const core::UsageService &usage;
        core::OnboardingWizard &wizard;
    };
    NumberRoom(const Config &config, Ports ports);

    core::NumberDirectory &directory() { return m_numberStore; }
    core::NumberStore &numbers() { return m_numberStore; }
    core::PhoneAccounts &accounts() { return m_accounts; }
    core::OwnAccountStore &ownAccounts() { return m_accounts; }
    const twilio::TwilioRest &rest() const { return m_rest; }
    api::PhoneSignature::Verify verify() const;
    api::NumbersApi &api() { return m_api; }

    /// Gives back what nobody has; see NumberService::heal(). Blocks, also on the phone network.
    void heal();

private:
    const twilio::TwilioRest m_rest;
    twilio::TwilioNumbers m_market;
    store::SqlNumberStore m_numberStore;
    store::SqlProviderCredentialsStore m_accounts;
    twilio::AccountSignatures m_signatures;
    core::NumberService m_numbers;
    core::OwnAccounts m_ownAccounts;
    api::NumbersApi m_api;
};

} // namespace server::app
