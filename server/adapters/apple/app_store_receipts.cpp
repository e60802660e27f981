#include "server/adapters/apple/app_store_receipts.h"

#include "shared/base/log.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace server::apple {

using base::Fault;
using base::Result;

namespace {

constexpr std::chrono::seconds kReceiptPatience{30};
// App Store Receipts, "status".
constexpr int kGood = 0;
constexpr int kServerBusy = 21005;
constexpr int kWrongSecret = 21004;
constexpr int kIsSandbox = 21007;
constexpr int kIsProduction = 21008;
constexpr int kInternalFirst = 21100;
constexpr int kInternalLast = 21199;

tl::unexpected<base::Error> badReceipt(const QString &why)
{
    return base::fail(Fault::Invalid, QStringLiteral("Receipt validation failed: ") + why);
}

/// Apple writes numbers as texts here, and texts as numbers now and then.
qint64 looseNumber(const QJsonObject &object, const char *name)
{
    return object.value(QLatin1String(name)).toVariant().toLongLong();
}

QString looseText(const QJsonObject &object, const char *name)
{
    return object.value(QLatin1String(name)).toVariant().toString();
}

QDateTime looseTime(const QJsonObject &object, const char *name)
{
    const qint64 ms = looseNumber(object, name);
    return ms > 0 ? QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC) : QDateTime();
}

core::StoreTransaction transactionOf(const QJsonObject &item)
{
    core::StoreTransaction transaction;
    transaction.id = looseText(item, "transaction_id");
    transaction.originalId = looseText(item, "original_transaction_id");
    transaction.productId = looseText(item, "product_id");
    transaction.quantity = int(std::clamp<qint64>(looseNumber(item, "quantity"), 1, 10));
    transaction.purchasedAt = looseTime(item, "purchase_date_ms");
    transaction.expiresAt = looseTime(item, "expires_date_ms");
    transaction.refundedAt = looseTime(item, "cancellation_date_ms");
    return transaction;
}

/// What Apple's status means where it is no good.
tl::unexpected<base::Error> failureOf(int status)
{
    const QString cause = QStringLiteral("status %1").arg(status);
    if (status == kWrongSecret) {
        base::log::error("app_store.misconfigured", {{QStringLiteral("cause"), cause}});
        return base::fail(Fault::Unavailable,
                          QStringLiteral("Purchases are not set up correctly on this server"),
                          cause);
    }
    if (status == kServerBusy || (status >= kInternalFirst && status <= kInternalLast))
        return base::fail(Fault::Upstream,
                          QStringLiteral("The App Store is not available right now"), cause);
    return badReceipt(cause);
}

} // namespace

std::optional<core::StoreTransaction> newestPurchase(const QJsonObject &answer,
                                                     const QStringList &products)
{
    std::optional<core::StoreTransaction> newest;
    const QJsonObject receipt = answer.value(QLatin1String("receipt")).toObject();
    // What is used up stands in the second list only, and neither has an order.
    for (const QJsonValue &list : {answer.value(QLatin1String("latest_receipt_info")),
                                   receipt.value(QLatin1String("in_app"))}) {
        for (const auto &value : list.toArray()) {
            core::StoreTransaction one = transactionOf(value.toObject());
            if (one.id.isEmpty() || one.originalId.isEmpty() || !products.contains(one.productId)
                || !one.purchasedAt.isValid())
                continue;
            if (!newest || one.purchasedAt > newest->purchasedAt)
                newest = std::move(one);
        }
    }
    return newest;
}

Result<QJsonObject> AppStoreReceipts::ask(const QString &baseUrl, const QString &receipt) const
{
    web::HttpRequest request;
    request.method = "POST";
    request.url = baseUrl + QStringLiteral("/verifyReceipt");
    request.contentType = "application/json";
    request.timeout = kReceiptPatience;
    request.body = QJsonDocument(QJsonObject{{QStringLiteral("receipt-data"), receipt},
                                             {QStringLiteral("password"),
                                              QString::fromUtf8(m_settings.sharedSecret.reveal())},
                                             {QStringLiteral("exclude-old-transactions"), true}})
                       .toJson(QJsonDocument::Compact);
    const auto answer = m_http.send(request);
    if (!answer)
        return base::fail(answer.error().fault,
                          QStringLiteral("The App Store could not be reached"),
                          answer.error().cause);
    QJsonObject object = QJsonDocument::fromJson(answer->body).object();
    if (answer->status != 200 || !object.value(QLatin1String("status")).isDouble())
        return base::fail(Fault::Upstream,
                          QStringLiteral("The App Store is not available right now"),
                          QStringLiteral("status %1").arg(answer->status));
    return object;
}

Result<core::StoreTransaction> AppStoreReceipts::verify(const QString &receipt, bool isSandbox,
                                                        const QStringList &products,
                                                        const QDateTime &now) const
{
    const auto bytes = QByteArray::fromBase64Encoding(
        receipt.toLatin1(), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!bytes || bytes.decoded.isEmpty())
        return badReceipt(QStringLiteral("it is no receipt"));
    if (m_settings.sharedSecret.isEmpty())
        return badReceipt(QStringLiteral("this server takes signed transactions only"));
    // Where the client says it is from is only where we ask first: Apple decides.
    bool asksSandbox = isSandbox && m_settings.takesSandbox;
    const auto urlOf = [this](bool sandbox) {
        return sandbox ? m_settings.sandboxReceiptUrl : m_settings.receiptUrl;
    };
    auto answer = ask(urlOf(asksSandbox), receipt);
    const auto statusOf = [](const QJsonObject &object) {
        return object.value(QLatin1String("status")).toInt();
    };
    if (answer && statusOf(*answer) == (asksSandbox ? kIsProduction : kIsSandbox)) {
        if (!asksSandbox && !m_settings.takesSandbox)
            return badReceipt(QStringLiteral("it is from the sandbox"));
        asksSandbox = !asksSandbox;
        answer = ask(urlOf(asksSandbox), receipt);
    }
    if (!answer)
        return failed(answer);
    if (const int status = statusOf(*answer); status != kGood)
        return failureOf(status);
    const QJsonObject content = answer->value(QLatin1String("receipt")).toObject();
    if (looseText(content, "bundle_id") != m_settings.bundleId)
        return badReceipt(QStringLiteral("it is of another app"));
    auto newest = newestPurchase(*answer, products);
    if (!newest)
        return base::fail(Fault::Invalid, QStringLiteral("Product ID mismatch"));
    newest->isSandbox = asksSandbox;
    newest->signedAt = now; // Apple has just said so
    return std::move(*newest);
}

} // namespace server::apple
