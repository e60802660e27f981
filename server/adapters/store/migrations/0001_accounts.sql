-- Who may come in, and what they did.

CREATE TABLE users (
    id {{id}},
    email text NOT NULL,
    email_key text NOT NULL UNIQUE,
    password_hash text,
    full_name text NOT NULL DEFAULT '',
    role text NOT NULL DEFAULT 'none',
    is_active boolean NOT NULL DEFAULT true,
    auth_provider text NOT NULL DEFAULT 'password',
    created_at {{time}} NOT NULL,
    updated_at {{time}} NOT NULL
);

-- The tokens of one sign-in form a family: each refresh adds one, a revocation ends them all.
CREATE TABLE refresh_tokens (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    family text NOT NULL,
    token_hash {{bytes}} NOT NULL UNIQUE,
    issued_at {{time}} NOT NULL,
    expires_at {{time}} NOT NULL,
    used_at {{time}},
    revoked_at {{time}},
    user_agent text NOT NULL DEFAULT ''
);
CREATE INDEX refresh_tokens_of_user ON refresh_tokens (user_id, family);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE audit_log (
    id {{id}},
    at {{time}} NOT NULL,
    actor_user_id bigint REFERENCES users (id) ON DELETE SET NULL,
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',
    detail {{json}} NOT NULL DEFAULT '{}',
    request_id text NOT NULL DEFAULT ''
);
CREATE INDEX audit_log_by_time ON audit_log (at);

-- The answers already given to requests that carried an Idempotency-Key.
CREATE TABLE idempotency_keys (
    id {{id}},
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    route text NOT NULL,
    key text NOT NULL,
    request_hash {{bytes}} NOT NULL,
    status integer NOT NULL DEFAULT 0,
    body text NOT NULL DEFAULT '',
    created_at {{time}} NOT NULL,
    UNIQUE (user_id, route, key)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);

CREATE TABLE socket_tickets (
    ticket_hash {{bytes}} NOT NULL PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at {{time}} NOT NULL,
    used_at {{time}}
);
CREATE INDEX socket_tickets_by_expiry ON socket_tickets (expires_at);
