#include "server/api/purchases_api.h"

#include "server/api/usage_json.h"
#include "server/http/body_reader.h"

namespace server::api {

using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr qsizetype kLongestReceipt = 500'000;
constexpr qsizetype kLongestWord = 100;
const QString kWeekly = QStringLiteral("mobile_weekly");

struct Receipt
{
    QString data;
    bool isSandbox = false;
};

Receipt receiptIn(BodyReader &body)
{
    return {body.requiredString("receipt_data", {.min = 1, .max = kLongestReceipt}),
            body.optionalBool("is_sandbox").value_or(false)};
}

/// iOS shows a 400 with a text in `detail`.
Response refusal(base::Error error, const QString &mismatch)
{
    if (error.fault == base::Fault::Invalid
        && error.message == QLatin1String("Product ID mismatch"))
        error.message = mismatch;
    return Response::problem(error);
}

} // namespace

Response PurchasesApi::upgrade(const Request &request)
{
    BodyReader body(request);
    const Receipt receipt = receiptIn(body);
    const QString tier =
        body.optionalString("subscription_tier", {.max = kLongestWord}).value_or(kWeekly);
    if (!body.ok())
        return body.problem();
    const auto catalogue = m_purchases.catalogue();
    const core::Plan *plan = catalogue->find(kWeekly);
    if (tier != kWeekly || !plan)
        return Response::problem(400, QStringLiteral("Invalid subscription tier for mobile app"));
    const auto view =
        m_purchases.redeem({request.caller.id}, receipt.data, receipt.isSandbox, plan->productIds);
    if (!view)
        return refusal(view.error(), QStringLiteral("Invalid product ID in receipt"));
    return Response::json(QJsonObject{
        {QStringLiteral("success"), true},
        {QStringLiteral("message"), QStringLiteral("Subscription upgraded successfully!")},
        {QStringLiteral("subscription_tier"), kWeekly},
        {QStringLiteral("usage_stats"), usageStats(*view)}});
}

Response PurchasesApi::purchase(const Request &request)
{
    BodyReader body(request);
    const Receipt receipt = receiptIn(body);
    const QString product = body.requiredString("product_id", {.min = 1, .max = kLongestWord});
    if (!body.ok())
        return body.problem();
    if (!m_purchases.catalogue()->byProduct(product))
        return Response::problem(400, QStringLiteral("Invalid product ID"));
    const auto view =
        m_purchases.redeem({request.caller.id}, receipt.data, receipt.isSandbox, {product});
    if (!view)
        return refusal(view.error(), QStringLiteral("Product ID mismatch"));
    return Response::json(
        QJsonObject{{QStringLiteral("success"), true},
                    {QStringLiteral("message"), QStringLiteral("Purchase processed successfully!")},
                    {QStringLiteral("usage_stats"), usageStats(*view)}});
}

} // namespace server::api
