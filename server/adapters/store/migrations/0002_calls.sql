-- Calls and what they leave.

CREATE TABLE calls (
    id {{id}},
    user_id bigint REFERENCES users (id) ON DELETE SET NULL,
    scenario text NOT NULL,
    scenario_title text NOT NULL,
    direction text NOT NULL,
    phone_number text NOT NULL,
    own_number text NOT NULL,
    status text NOT NULL,
    call_sid text UNIQUE,
    brief {{json}} NOT NULL,
    duration_limit integer NOT NULL,
    created_at {{time}} NOT NULL,
    answered_at {{time}},
    ended_at {{time}},
    duration_seconds integer NOT NULL DEFAULT 0,
    end_reason text NOT NULL DEFAULT '',
    recording_file text NOT NULL DEFAULT '',
    recording_sid text NOT NULL DEFAULT '',
    media_token_hash {{bytes}} UNIQUE,
    media_token_expires_at {{time}}
);
CREATE INDEX calls_of_user ON calls (user_id, id);
CREATE INDEX calls_open ON calls (created_at) WHERE ended_at IS NULL;

-- Transcript, latency and timeline of an ended call, as one document.
CREATE TABLE call_details (
    call_id bigint NOT NULL PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    detail {{json}} NOT NULL
);
