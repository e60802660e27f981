-- How far people have come in setting up, with an account and before they have one.

ALTER TABLE users ADD COLUMN preferred_voice text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN notifications_enabled boolean NOT NULL DEFAULT true;

-- No row: nothing said yet, and started when the account was made.
CREATE TABLE user_onboarding (
    user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    phone_setup boolean NOT NULL DEFAULT false,
    calendar boolean NOT NULL DEFAULT false,
    scenarios boolean NOT NULL DEFAULT false,
    welcome_call boolean NOT NULL DEFAULT false,
    started_at {{time}} NOT NULL,
    completed_at {{time}}
);

-- The id itself is nowhere: whoever reads this table must not be able to take a session over.
CREATE TABLE anonymous_onboarding_sessions (
    id_hash {{bytes}} NOT NULL PRIMARY KEY,
    user_name text NOT NULL DEFAULT '',
    phone_number text NOT NULL DEFAULT '',
    preferred_voice text NOT NULL DEFAULT '',
    notifications_enabled boolean NOT NULL DEFAULT true,
    scenario_id text NOT NULL DEFAULT '',
    welcome_completed boolean NOT NULL DEFAULT false,
    profile_completed boolean NOT NULL DEFAULT false,
    tutorial_completed boolean NOT NULL DEFAULT false,
    is_completed boolean NOT NULL DEFAULT false,
    current_step text NOT NULL,
    created_at {{time}} NOT NULL,
    expires_at {{time}} NOT NULL,
    user_id bigint UNIQUE REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX anonymous_onboarding_by_expiry ON anonymous_onboarding_sessions (expires_at);

-- Services outside that somebody has connected: which, never with what secret.
CREATE TABLE connected_providers (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider text NOT NULL,
    is_connected boolean NOT NULL DEFAULT true,
    connected_at {{time}},
    UNIQUE (user_id, provider)
);
