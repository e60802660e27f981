// Everything about money, joined.
#pragma once

#include "server/adapters/apple/app_store_verifier.h"
#include "server/adapters/store/billing_store.h"
#include "server/adapters/store/paid_subscriptions.h"
#include "server/adapters/store/payment_event_store.h"
#include "server/adapters/store/plan_store.h"
#include "server/adapters/store/purchase_store.h"
#include "server/adapters/store/usage_record_store.h"
#include "server/adapters/stripe/stripe_gateway.h"
#include "server/adapters/stripe/stripe_signature.h"
#include "server/api/payment_routes.h"
#include "server/app/config.h"
#include "server/core/accounts/account_data_ports.h"

namespace server::app {

/// Everything between the routes of payments and Stripe and the App Store. Ports must outlive it.
class PaymentsRoom
{
public:
    struct Ports
    {
        store::Database &database;
        web::HttpClient &web;
        core::PlanBook &plans;
        store::SqlPlanStore &planStore;
        const core::UsageService &usage;
    };
    /// REQUIRES: check() found nothing.
    PaymentsRoom(const Config &config, Ports ports);

    /// What the files of the configuration hold. Fault::Invalid says what is wrong.
    static base::Result<> check(const Config &config);

    api::PaymentApis apis()
    {
        return {m_paymentsApi, m_usageRecordsApi, m_planAdminApi, m_purchasesApi, m_webhooks};
    }
    /// Adds "payments", "purchases" and "usage_records" to the export of somebody's data.
    std::vector<core::ExportSource> withExports(std::vector<core::ExportSource> sources);

    /// Takes over what another server's staff changed in the catalogue, and forgets events that no
    /// payer sends again. Blocks.
    void keepHouse();

private:
    core::PlanBook &m_plans;
    store::SqlPlanStore &m_planStore;
    store::SqlBillingStore m_billingStore;
    store::SqlPaymentEventStore m_events;
    store::SqlPurchaseStore m_purchaseStore;
    store::SqlUsageRecordStore m_usageRecordStore;
    store::SqlPaidSubscriptions m_subscriptions;
    stripe::StripeGateway m_stripe;
    const stripe::StripeSignature m_signature;
    apple::AppStoreVerifier m_appStore;
    const core::BillingEvents m_billingEvents;
    const core::BillingService m_billing;
    const core::PurchaseService m_purchases;
    const core::UsageRecords m_usageRecords;
    const core::PlanEditor m_planEditor;
    api::PaymentsApi m_paymentsApi;
    api::UsageRecordsApi m_usageRecordsApi;
    api::PlanAdminApi m_planAdminApi;
    api::PurchasesApi m_purchasesApi;
    api::PaymentWebhooks m_webhooks;
};

} // namespace server::app
