#include "server/core/accounts/account_service.h"
#include "server/core/accounts/email_address.h"
#include "server/core/accounts/person_name.h"

namespace server::core {

using base::Fault;
using base::Result;

Result<AccountService::AppleSignedIn> AccountService::signInWithApple(const AppleIdentity &identity,
                                                                      const QString &name,
                                                                      const QString &userAgent)
{
    auto account = m_ports.store.findByAppleId(identity.id);
    if (!account)
        return failed(account);
    bool isNewUser = false;
    if (!*account) {
        const auto created = createAppleUser(identity, name);
        isNewUser = created.has_value();
        if (created)
            account = *created;
        else if (created.error().fault != Fault::Conflict)
            return failed(created);
        else // the address is taken, or the same person was faster elsewhere
            account = m_ports.store.findByAppleId(identity.id);
        if (!account)
            return failed(account);
    }
    if (!*account)
        return base::fail(
            Fault::Invalid,
            QStringLiteral("Email already registered with different authentication method"));
    if (!(*account)->isActive)
        return base::fail(Fault::Unauthenticated, QStringLiteral("Could not validate credentials"));

    if ((*account)->name.isEmpty() && !name.trimmed().isEmpty()) {
        if (const auto named = setName((*account)->toPrincipal(), name); !named)
            return failed(named);
        (*account)->name = name.trimmed();
    }
    auto signedIn = issueTokens(**account, Grant::AccessAndRefresh, userAgent);
    if (!signedIn)
        return failed(signedIn);
    return AppleSignedIn{std::move(*signedIn), isNewUser};
}

Result<Account> AccountService::createAppleUser(const AppleIdentity &identity, const QString &name)
{
    const auto address = EmailAddress::parse(identity.email);
    if (!address)
        return base::fail(Fault::Invalid, QStringLiteral("Email is required"));
    QString known;
    if (!name.trimmed().isEmpty()) {
        const auto good = checkedName(name);
        if (!good)
            return failed(good);
        known = *good;
    }
    return m_ports.store.create({address->text,
                                 address->key,
                                 {},
                                 known,
                                 protocol::Role::None,
                                 QStringLiteral("apple"),
                                 m_ports.now(),
                                 Platform::Mobile, // only the app has this button
                                 identity.id,
                                 identity.isEmailVerified});
}

} // namespace server::core
