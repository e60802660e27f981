// Purchases that Apple vouches for.
#pragma once

#include "server/adapters/apple/app_store_jws.h"
#include "server/adapters/apple/app_store_receipts.h"
#include "server/core/payments/purchase_service.h"
#include "shared/base/clock.h"

namespace server::apple {

/// Signed transactions and notifications are checked here, receipts of older apps by Apple.
/// Thread-safe; verify() may block. The HTTP client must outlive it.
class AppStoreVerifier final : public core::StoreVerifier
{
public:
    /// REQUIRES: roots that AppStoreJws::create() takes.
    AppStoreVerifier(AppStoreSettings settings, web::HttpClient &http,
                     base::Clock now = base::utcNow);

    base::Result<core::StoreTransaction> verify(const QString &receipt, bool isFromSandbox,
                                                const QStringList &products) override;
    base::Result<core::StoreNotification> notification(const QString &signedPayload) override;

private:
    base::Result<> requireSetUp() const;
    /// Of our app; Fault::Unauthenticated otherwise.
    base::Result<core::StoreTransaction> transaction(const QString &jws) const;

    const AppStoreSettings m_settings;
    const base::Clock m_now;
    const AppStoreJws m_jws;
    const AppStoreReceipts m_receipts;
};

} // namespace server::apple
