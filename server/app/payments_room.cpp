#include "server/app/payments_room.h"

#include "server/adapters/stripe/stripe_objects.h"
#include "server/app/export_pages.h"
#include "shared/base/log.h"
#include "shared/protocol/json_reader.h"

#include <QFile>

namespace server::app {

using base::Result;
using base::UserId;
using protocol::toWireTimeOrNull;

namespace {

/// Stripe tries for three days, the App Store for six; a replay of anything older is refused by its
/// signature's age or changes nothing.
constexpr qint64 kEventDays = 60;

/// The file that is set, else Apple's own root.
QByteArray appStoreRoots(const Config &config)
{
    if (config.appleRootFile.isEmpty())
        return apple::AppStoreJws::appleRoot();
    QFile file(config.appleRootFile);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

apple::AppStoreSettings appStoreSettings(const Config &config)
{
    return {config.appStoreBundleId,   config.takesAppStoreSandbox,
            appStoreRoots(config),     config.appStoreSharedSecret,
            config.appStoreReceiptUrl, config.appStoreSandboxReceiptUrl};
}

api::PaymentWebhooks::StripePolicy stripePolicy(const Config &config)
{
    using Policy = api::PaymentWebhooks::StripePolicy;
    if (!config.stripeWebhookSecrets.isEmpty())
        return Policy::Required;
    return config.isDevelopment ? Policy::Unsigned : Policy::Unavailable;
}

Result<QJsonObject> paymentJson(const core::Payment &payment)
{
    return QJsonObject{{QStringLiteral("id"), payment.id},
                       {QStringLiteral("amount"), payment.amount.minor},
                       {QStringLiteral("currency"), payment.amount.currency},
                       {QStringLiteral("status"), toText(payment.status)},
                       {QStringLiteral("payment_type"), toText(payment.type)},
                       {QStringLiteral("description"), payment.description},
                       {QStringLiteral("stripe_invoice_id"), payment.invoiceId},
                       {QStringLiteral("stripe_payment_intent_id"), payment.intentId},
                       {QStringLiteral("created_at"), toWireTimeOrNull(payment.createdAt)}};
}

Result<QJsonObject> usageJson(const core::UsageRecord &record)
{
    return QJsonObject{{QStringLiteral("id"), record.id},
                       {QStringLiteral("service_type"), toText(record.service)},
                       {QStringLiteral("usage_amount"), record.amount},
                       {QStringLiteral("usage_unit"), record.unit},
                       {QStringLiteral("total_cost"), record.cost.minor},
                       {QStringLiteral("billing_period"), record.billingPeriod},
                       {QStringLiteral("reported"), record.isReported},
                       {QStringLiteral("recorded_at"), toWireTimeOrNull(record.recordedAt)}};
}

} // namespace

Result<> PaymentsRoom::check(const Config &config)
{
    if (!apple::AppStoreJws::create(appStoreRoots(config)))
        return base::fail(base::Fault::Invalid,
                          QStringLiteral("APPLE_ROOT_CA_FILE must be a file with certificates in "
                                         "PEM form"));
    return {};
}

PaymentsRoom::PaymentsRoom(const Config &config, Ports ports)
    : m_plans(ports.plans),
      m_planStore(ports.planStore),
      m_billingStore(ports.database),
      m_events(ports.database),
      m_purchaseStore(ports.database),
      m_usageRecordStore(ports.database),
      m_subscriptions(ports.database, ports.plans),
      m_stripe({config.stripeBaseUrl, config.stripeSecretKey}, ports.web),
      m_signature(config.stripeWebhookSecrets),
      m_appStore(appStoreSettings(config), ports.web),
      m_billingEvents({m_billingStore, m_events, m_subscriptions, ports.plans, base::utcNow}),
      m_billing({m_stripe, m_billingStore, m_billingEvents, ports.usage, base::utcNow}),
      m_purchases({m_appStore, m_purchaseStore, m_billingStore, m_events, m_subscriptions,
                   ports.usage, base::utcNow}),
      m_usageRecords({m_usageRecordStore, ports.plans, base::utcNow}),
      m_planEditor({ports.planStore, ports.plans, base::utcNow, config.isDevelopment}),
      m_paymentsApi({ports.usage, m_billing, config.stripePublishableKey}),
      m_usageRecordsApi(m_usageRecords),
      m_planAdminApi(m_planEditor),
      m_purchasesApi(m_purchases),
      m_webhooks({stripePolicy(config),
                  [this](const QByteArray &header, const QByteArray &body, const QDateTime &now) {
                      return m_signature.isValid(header, body, now);
                  },
                  stripe::eventFrom},
                 {m_billingEvents, m_purchases, base::utcNow})
{
}

std::vector<core::ExportSource> PaymentsRoom::withExports(std::vector<core::ExportSource> sources)
{
    sources.push_back({QStringLiteral("payments"), [this](UserId user) {
                           return allPages(
                               [&](int limit, int offset) {
                                   return m_billingStore.paymentsOf(user, limit, offset);
                               },
                               paymentJson);
                       }});
    sources.push_back(
        {QStringLiteral("purchases"), [this](UserId user) {
             return allPages(
                 [&](int limit, int offset) { return m_purchaseStore.ofUser(user, limit, offset); },
                 [](const QJsonObject &purchase) -> Result<QJsonObject> { return purchase; });
         }});
    sources.push_back({QStringLiteral("usage_records"), [this](UserId user) {
                           return allPages(
                               [&](int limit, int offset) {
                                   return m_usageRecordStore.ofUser(user, limit, offset);
                               },
                               usageJson);
                       }});
    return sources;
}

void PaymentsRoom::keepHouse()
{
    if (auto current = m_planStore.load())
        m_plans.replace(std::move(*current));
    else
        base::log::warning("plans.not_loaded", {{QStringLiteral("why"), current.error().message}});
    if (const auto removed = m_events.removeBefore(base::utcNow().addDays(-kEventDays)); !removed)
        base::log::warning("store.housekeeping_failed",
                           {{QStringLiteral("cause"), removed.error().cause}});
}

} // namespace server::app
