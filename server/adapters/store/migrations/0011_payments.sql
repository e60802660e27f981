-- What is paid, by whom, through Stripe and the App Store, and what was used.

-- The payer's own id of a subscription: Stripe's, or Apple's original transaction. Staff's have none.
ALTER TABLE subscriptions ADD COLUMN external_id text NOT NULL DEFAULT '';
ALTER TABLE subscriptions ADD COLUMN product_id text NOT NULL DEFAULT '';

CREATE TABLE stripe_customers (
    user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    customer_id text NOT NULL UNIQUE,
    created_at {{time}} NOT NULL
);

-- Orders under way at Stripe, so that one that is repeated goes there under the same key.
CREATE TABLE stripe_attempts (
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose text NOT NULL,
    request_hash {{bytes}} NOT NULL,
    begun_at {{time}} NOT NULL,
    PRIMARY KEY (user_id, purpose)
);

-- Stripe's subscriptions as Stripe last told of them; event_at is Stripe's own time of that.
CREATE TABLE stripe_subscriptions (
    subscription_id text NOT NULL PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    customer_id text NOT NULL,
    plan_id text NOT NULL,
    price_id text NOT NULL,
    status text NOT NULL,
    period_start {{time}},
    period_end {{time}},
    cancel_at_period_end boolean NOT NULL,
    ended_at {{time}},
    event_at {{time}} NOT NULL
);
CREATE INDEX stripe_subscriptions_of_user ON stripe_subscriptions (user_id);

-- What was charged, or is to be. An invoice and a payment intent stand here once each.
CREATE TABLE payment_records (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    invoice_id text UNIQUE,
    intent_id text UNIQUE,
    subscription_id text NOT NULL DEFAULT '',
    amount bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    payment_type text NOT NULL,
    description text NOT NULL DEFAULT '',
    created_at {{time}} NOT NULL
);
CREATE INDEX payment_records_of_user ON payment_records (user_id, id);

-- Events of Stripe and the App Store: each has its effect once. Without their contents.
CREATE TABLE payment_events (
    source text NOT NULL,
    event_id text NOT NULL,
    event_type text NOT NULL,
    occurred_at {{time}} NOT NULL,
    received_at {{time}} NOT NULL,
    processed_at {{time}},
    failure text NOT NULL DEFAULT '',
    PRIMARY KEY (source, event_id)
);
CREATE INDEX payment_events_by_time ON payment_events (received_at);

-- The App Store's transactions that were redeemed. They outlive the account, or one could redeem them again.
CREATE TABLE app_store_transactions (
    transaction_id text NOT NULL PRIMARY KEY,
    original_transaction_id text NOT NULL,
    user_id bigint REFERENCES users (id) ON DELETE SET NULL,
    product_id text NOT NULL,
    environment text NOT NULL,
    quantity integer NOT NULL,
    purchased_at {{time}} NOT NULL,
    redeemed_at {{time}} NOT NULL,
    refunded_at {{time}}
);
CREATE INDEX app_store_transactions_of_user ON app_store_transactions (user_id);

-- The App Store's subscriptions: whose each is (nobody's until it is redeemed) and what Apple last told of it.
CREATE TABLE app_store_subscriptions (
    original_transaction_id text NOT NULL PRIMARY KEY,
    user_id bigint REFERENCES users (id) ON DELETE SET NULL,
    product_id text NOT NULL,
    status text NOT NULL,
    started_at {{time}} NOT NULL,
    ends_at {{time}} NOT NULL,
    event_at {{time}} NOT NULL
);
CREATE INDEX app_store_subscriptions_of_user ON app_store_subscriptions (user_id);

-- What was used: metered by us from our own events, each under a key of its own, or reported by clients.
CREATE TABLE usage_records (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source_key text UNIQUE,
    service text NOT NULL,
    amount bigint NOT NULL,
    unit text NOT NULL,
    cost bigint NOT NULL,
    currency text NOT NULL,
    billing_period text NOT NULL,
    resource_id bigint,
    recorded_at {{time}} NOT NULL
);
CREATE INDEX usage_records_of_user ON usage_records (user_id, billing_period);
