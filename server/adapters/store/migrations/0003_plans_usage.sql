-- Plans, what everybody has used of theirs, and calls that wait for their time.

ALTER TABLE users ADD COLUMN platform text NOT NULL DEFAULT 'web';

-- The catalogue: one row a plan. Rows that nobody edited follow the file that comes with the program.
CREATE TABLE plans (
    id text NOT NULL PRIMARY KEY,
    definition {{json}} NOT NULL,
    position integer NOT NULL,
    edited_at {{time}}
);

-- What the catalogue holds beside plans: its rules and its messages.
CREATE TABLE plan_texts (
    name text NOT NULL PRIMARY KEY,
    content {{json}} NOT NULL,
    edited_at {{time}}
);

-- One row a user. Counters are brought up to date when they are read: a day is a UTC day, a week is
-- 7 x 24 hours and a month is 30 days from its start.
CREATE TABLE usage_counters (
    user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    trial_started_at {{time}} NOT NULL,
    trial_ends_at {{time}} NOT NULL,
    trial_used integer NOT NULL DEFAULT 0,
    day text NOT NULL,
    week_start {{time}} NOT NULL,
    month_start {{time}} NOT NULL,
    calls_today integer NOT NULL DEFAULT 0,
    calls_week integer NOT NULL DEFAULT 0,
    calls_month integer NOT NULL DEFAULT 0,
    calls_total integer NOT NULL DEFAULT 0,
    quota_week integer NOT NULL DEFAULT 0,
    quota_month integer NOT NULL DEFAULT 0,
    seconds_week integer NOT NULL DEFAULT 0,
    seconds_month integer NOT NULL DEFAULT 0,
    addon_calls integer NOT NULL DEFAULT 0,
    addon_expires_at {{time}}
);

-- The newest row of a user counts; earlier ones are history.
CREATE TABLE subscriptions (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    plan_id text NOT NULL REFERENCES plans (id),
    status text NOT NULL,
    source text NOT NULL,
    started_at {{time}} NOT NULL,
    ends_at {{time}},
    last_payment_at {{time}},
    replaced_at {{time}},
    created_at {{time}} NOT NULL
);
CREATE UNIQUE INDEX one_current_subscription ON subscriptions (user_id) WHERE replaced_at IS NULL;

-- What one call has taken, so that it can be given back once.
CREATE TABLE call_charges (
    call_id bigint NOT NULL PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    source text NOT NULL,
    day text NOT NULL,
    week_start {{time}} NOT NULL,
    month_start {{time}} NOT NULL,
    seconds integer NOT NULL DEFAULT 0,
    given_back_at {{time}}
);
CREATE INDEX call_charges_of_user ON call_charges (user_id);

CREATE TABLE custom_scenarios (
    id {{id}},
    scenario_id text NOT NULL UNIQUE,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL,
    persona text NOT NULL,
    prompt text NOT NULL,
    voice_type text NOT NULL,
    temperature double precision NOT NULL,
    created_at {{time}} NOT NULL,
    updated_at {{time}} NOT NULL
);
CREATE INDEX custom_scenarios_of_user ON custom_scenarios (user_id, id);

CREATE TABLE call_schedules (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    phone_number text NOT NULL,
    scenario text NOT NULL,
    due_at {{time}} NOT NULL,
    next_try_at {{time}} NOT NULL,
    status text NOT NULL,
    note text NOT NULL DEFAULT '',
    claimed_at {{time}},
    call_id bigint REFERENCES calls (id) ON DELETE SET NULL,
    created_at {{time}} NOT NULL
);
CREATE INDEX call_schedules_due ON call_schedules (next_try_at) WHERE status IN ('scheduled', 'placing');
CREATE INDEX call_schedules_of_user ON call_schedules (user_id, id);

-- At most one call for a schedule, whoever places it.
ALTER TABLE calls ADD COLUMN schedule_id bigint REFERENCES call_schedules (id) ON DELETE SET NULL;
CREATE UNIQUE INDEX one_call_for_a_schedule ON calls (schedule_id) WHERE schedule_id IS NOT NULL;
