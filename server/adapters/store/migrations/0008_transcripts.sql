-- What was said in calls, as their owners read it, and how it goes again.

-- One row a call, and only for a call in which something was said. search_text is the words once more, in
-- the form that a search compares.
CREATE TABLE transcripts (
    id {{id}},
    transcript_sid text NOT NULL UNIQUE,
    call_id bigint NOT NULL UNIQUE REFERENCES calls (id) ON DELETE CASCADE,
    source text NOT NULL,
    language_code text NOT NULL,
    sentences {{json}} NOT NULL,
    search_text text NOT NULL,
    vendor_sid text,
    created_at {{time}} NOT NULL,
    updated_at {{time}} NOT NULL
);
CREATE INDEX transcripts_by_vendor ON transcripts (vendor_sid);

-- When everything that was said in the call was deleted: nothing of it may be stored again.
ALTER TABLE calls ADD COLUMN words_deleted_at {{time}};
CREATE INDEX calls_with_words ON calls (ended_at) WHERE words_deleted_at IS NULL;
CREATE INDEX calls_by_recording ON calls (recording_sid) WHERE recording_sid <> '';

-- What is to be asked of the phone network, until it is done: any server may do it, and one does at a time.
-- A deletion outlives its call.
CREATE TABLE transcript_jobs (
    id {{id}},
    kind text NOT NULL,
    subject text NOT NULL,
    call_id bigint REFERENCES calls (id) ON DELETE SET NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at {{time}} NOT NULL,
    claimed_at {{time}},
    created_at {{time}} NOT NULL,
    UNIQUE (kind, subject)
);
CREATE INDEX transcript_jobs_due ON transcript_jobs (next_try_at);
CREATE INDEX transcript_jobs_of_call ON transcript_jobs (call_id);
