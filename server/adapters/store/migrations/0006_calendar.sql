-- Users' calendars: consent to them, how bookings are taken, what is reserved.

-- A consent that was asked for. The state itself is nowhere: who reads this cannot answer for the
-- browser.
CREATE TABLE oauth_states (
    state_hash {{bytes}} NOT NULL PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    sealed_verifier text NOT NULL,
    created_at {{time}} NOT NULL,
    expires_at {{time}} NOT NULL
);
CREATE INDEX oauth_states_by_expiry ON oauth_states (expires_at);
CREATE INDEX oauth_states_of_user ON oauth_states (user_id);

-- Both tokens are sealed with DATA_ENCRYPTION_KEY.
CREATE TABLE google_calendar_credentials (
    user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token text NOT NULL,
    refresh_token text NOT NULL,
    token_expiry {{time}},
    time_zone text NOT NULL DEFAULT '',
    revision text NOT NULL,
    created_at {{time}} NOT NULL,
    updated_at {{time}} NOT NULL
);

CREATE TABLE user_business_configs (
    user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    company_name text NOT NULL,
    business_hours {{json}} NOT NULL DEFAULT '{}',
    timezone text NOT NULL DEFAULT '',
    employee_count integer NOT NULL DEFAULT 1,
    max_concurrent_bookings integer NOT NULL DEFAULT 1,
    booking_policy text NOT NULL DEFAULT 'strict',
    allow_overbooking boolean NOT NULL DEFAULT false,
    created_at {{time}} NOT NULL,
    updated_at {{time}} NOT NULL
);

-- Appointments that we make, from before the calendar is asked. One row for one request, however
-- often it comes.
CREATE TABLE bookings (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    request_hash {{bytes}} NOT NULL,
    generation integer NOT NULL DEFAULT 0,
    event_id text NOT NULL,
    summary text NOT NULL,
    starts_at {{time}} NOT NULL,
    ends_at {{time}} NOT NULL,
    confirmed_at {{time}},
    expires_at {{time}} NOT NULL,
    open_attempts integer NOT NULL DEFAULT 0,
    created_at {{time}} NOT NULL,
    UNIQUE (user_id, request_hash)
);
CREATE INDEX bookings_of_user ON bookings (user_id, ends_at);
CREATE INDEX bookings_by_end ON bookings (ends_at);
