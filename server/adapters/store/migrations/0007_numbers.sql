-- Telephone numbers that users have, and accounts at the phone network that they bring.

-- A number may be sold again after it was released: its row then changes hands. One whose user is
-- gone waits for its release at the phone network, then it goes too.
CREATE TABLE user_phone_numbers (
    id {{id}},
    user_id bigint REFERENCES users (id) ON DELETE SET NULL,
    phone_number text NOT NULL UNIQUE,
    sid text NOT NULL UNIQUE,
    account_sid text NOT NULL,
    friendly_name text NOT NULL DEFAULT '',
    provisioned_at {{time}} NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    voice_capable boolean NOT NULL DEFAULT true,
    sms_capable boolean NOT NULL DEFAULT true
);
CREATE INDEX user_phone_numbers_of_user ON user_phone_numbers (user_id, id);
CREATE INDEX user_phone_numbers_of_account ON user_phone_numbers (account_sid);

-- Purchases under way. A row that stays is a purchase that nobody finished.
CREATE TABLE number_purchases (
    marker text NOT NULL PRIMARY KEY,
    user_id bigint REFERENCES users (id) ON DELETE SET NULL,
    account_sid text NOT NULL,
    begun_at {{time}} NOT NULL,
    is_given_up boolean NOT NULL DEFAULT false
);
CREATE INDEX number_purchases_of_user ON number_purchases (user_id);

-- Users' own accounts. The token is sealed (server/core/secrets); the account's id is no secret.
CREATE TABLE provider_credentials (
    id {{id}},
    user_id bigint NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    account_sid text NOT NULL,
    auth_token text NOT NULL,
    phone_number text NOT NULL DEFAULT '',
    connected_at {{time}} NOT NULL
);
CREATE INDEX provider_credentials_by_account ON provider_credentials (account_sid);
