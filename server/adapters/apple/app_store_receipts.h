// Receipts of older apps (App Store Receipts, "verifyReceipt").
#pragma once

#include "server/core/payments/store_purchase.h"
#include "server/web/http_client.h"

#include <QJsonObject>

namespace server::apple {

struct AppStoreSettings
{
    QString bundleId; ///< of the app; empty: no purchases
    bool takesSandbox = false;
    QByteArray rootsPem;
    base::Secret sharedSecret; ///< empty: no receipts of older apps; else there is a bundleId
    QString receiptUrl;        ///< without a trailing slash
    QString sandboxReceiptUrl;
};

/// Thread-safe; blocks while Apple is asked.
class AppStoreReceipts
{
public:
    AppStoreReceipts(const AppStoreSettings &settings, web::HttpClient &http)
        : m_settings(settings), m_http(http)
    {
    }

    /// Asks Apple for the newest transaction of one of `products` in a receipt in base64. A receipt
    /// of the other environment is asked for there, once, where that counts. Errors as
    /// core::StoreVerifier has them.
    base::Result<core::StoreTransaction> verify(const QString &receipt, bool isSandbox,
                                                const QStringList &products,
                                                const QDateTime &now) const;

private:
    base::Result<QJsonObject> ask(const QString &baseUrl, const QString &receipt) const;

    const AppStoreSettings &m_settings;
    web::HttpClient &m_http;
};

/// The newest purchase of one of `products` in Apple's answer; nothing when there is none. Pure.
std::optional<core::StoreTransaction> newestPurchase(const QJsonObject &answer,
                                                     const QStringList &products);

} // namespace server::apple
