-- Signing in with Apple, new passwords, sessions as their owner sees them, and deleting an account.

ALTER TABLE users ADD COLUMN apple_id text;
ALTER TABLE users ADD COLUMN email_verified boolean NOT NULL DEFAULT false;
-- Access tokens issued before this count for nothing; it moves when the password does.
ALTER TABLE users ADD COLUMN tokens_valid_from {{time}};
CREATE UNIQUE INDEX users_by_apple_id ON users (apple_id);

-- When the family of the token began; tokens of earlier versions do not know.
ALTER TABLE refresh_tokens ADD COLUMN started_at {{time}};

-- A row is a token that was mailed and not used; using it deletes it.
CREATE TABLE password_resets (
    token_hash {{bytes}} NOT NULL PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at {{time}} NOT NULL,
    expires_at {{time}} NOT NULL
);
CREATE INDEX password_resets_of_user ON password_resets (user_id);
CREATE INDEX password_resets_by_expiry ON password_resets (expires_at);

-- Recordings of deleted accounts that may still lie on the disk of some node.
CREATE TABLE orphaned_recordings (
    file text NOT NULL PRIMARY KEY,
    noted_at {{time}} NOT NULL
);
