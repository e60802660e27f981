-- Who is not to be called, how accounts want their calls made, what scenarios were, and tries of schedules.

-- Numbers that are never dialled again. They outlive the call and the account that was told so.
CREATE TABLE opt_outs (
    id {{id}},
    phone_number text NOT NULL UNIQUE,
    at {{time}} NOT NULL,
    way text NOT NULL,
    call_id bigint REFERENCES calls (id) ON DELETE SET NULL,
    note text NOT NULL DEFAULT ''
);

CREATE TABLE calling_rules (
    user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    quiet_from text,
    quiet_to text,
    time_zone text NOT NULL,
    target_calls_per_day integer,
    target_calls_per_week integer,
    ai_disclosure text NOT NULL,
    recording_consent text NOT NULL,
    updated_at {{time}} NOT NULL
);

-- How often a number has been called.
CREATE INDEX calls_to_number ON calls (phone_number, created_at);

ALTER TABLE custom_scenarios ADD COLUMN ai_disclosure text NOT NULL DEFAULT '';
ALTER TABLE custom_scenarios ADD COLUMN version integer NOT NULL DEFAULT 1;

-- Every save of a scenario: what it was from then on.
CREATE TABLE custom_scenario_versions (
    custom_scenario_id bigint NOT NULL REFERENCES custom_scenarios (id) ON DELETE CASCADE,
    version integer NOT NULL,
    saved_at {{time}} NOT NULL,
    saved_by bigint REFERENCES users (id) ON DELETE SET NULL,
    name text NOT NULL,
    persona text NOT NULL,
    prompt text NOT NULL,
    voice_type text NOT NULL,
    temperature double precision NOT NULL,
    ai_disclosure text NOT NULL,
    PRIMARY KEY (custom_scenario_id, version)
);

INSERT INTO custom_scenario_versions (custom_scenario_id, version, saved_at, saved_by, name, persona, prompt, voice_type,
    temperature, ai_disclosure)
SELECT id, 1, updated_at, user_id, name, persona, prompt, voice_type, temperature, '' FROM custom_scenarios;

ALTER TABLE call_schedules ADD COLUMN attempts integer NOT NULL DEFAULT 0;
