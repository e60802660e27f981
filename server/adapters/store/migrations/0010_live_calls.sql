-- Who has answered a call, and how users want its agent to take turns.

ALTER TABLE calls ADD COLUMN answered_by text NOT NULL DEFAULT '';

-- No row: the scenario decides. `settings` as POST /api/vad-config/update takes them.
CREATE TABLE vad_preferences (
    user_id bigint NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    settings {{json}} NOT NULL,
    updated_at {{time}} NOT NULL
);
