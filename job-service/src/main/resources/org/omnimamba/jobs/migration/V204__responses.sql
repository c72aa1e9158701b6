-- Responses of OpenAI's API. One that was waited for is written when it has ended; a background one
-- in the transaction that submits its job, which has the same id, and gets its answer in the one that
-- ends the job. What went before it in its conversation is found by previous_id: no foreign key, since
-- any response may be deleted by its owner.
CREATE TABLE response (
    id          uuid        PRIMARY KEY,
    job_id      uuid        UNIQUE REFERENCES queue_job (id) ON DELETE CASCADE,
    tenant      text        NOT NULL,
    created_at  timestamptz NOT NULL,
    previous_id uuid,
    head        text        NOT NULL CHECK (head IS JSON OBJECT),
    input       text        NOT NULL CHECK (input IS JSON ARRAY),
    ended       text        CHECK (ended IS JSON OBJECT),
    CHECK (job_id IS NULL OR job_id = id),
    CHECK (job_id IS NOT NULL OR ended IS NOT NULL)
);
CREATE INDEX response_created ON response (created_at) WHERE job_id IS NULL;
