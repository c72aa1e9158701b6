-- Batches: files of requests that are done within a day. A batch is the job that drives it, of kind
-- 'batch', so that one holder at a time, under the claim's token, takes it from one state to the next.
CREATE TABLE batch (
    job_id         uuid        PRIMARY KEY REFERENCES queue_job (id) ON DELETE CASCADE,
    tenant         text        NOT NULL,
    endpoint       text        NOT NULL,
    input_file_id  uuid        NOT NULL,
    metadata       text        NOT NULL CHECK (metadata IS JSON OBJECT),
    -- seconds that output files are kept
    output_seconds integer     NOT NULL,
    status         text        NOT NULL CHECK (status IN
        ('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling',
         'cancelled')),
    model          text,
    errors         text        CHECK (errors IS JSON ARRAY),
    usage          text        CHECK (usage IS JSON OBJECT),
    output_file_id uuid,
    error_file_id  uuid,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    in_progress_at timestamptz,
    finalizing_at  timestamptz,
    completed_at   timestamptz,
    failed_at      timestamptz,
    expired_at     timestamptz,
    cancelling_at  timestamptz,
    cancelled_at   timestamptz
);
CREATE INDEX batch_listing ON batch (tenant, job_id);
CREATE INDEX batch_reading ON batch (input_file_id)
    WHERE status IN ('validating', 'in_progress', 'finalizing', 'cancelling');

-- One request of a batch: where it stands in the input file, and what became of it. 'queued' has a
-- job of kind 'batch_line'; what ends that job ends this row in the same transaction.
CREATE TABLE batch_line (
    batch_id         uuid    NOT NULL REFERENCES batch (job_id) ON DELETE CASCADE,
    line             integer NOT NULL,
    custom_id        text    NOT NULL,
    begins_at        bigint  NOT NULL,
    bytes            integer NOT NULL,
    status           text    NOT NULL DEFAULT 'waiting' CHECK (status IN
        ('waiting', 'queued', 'completed', 'failed', 'stopped')),
    job_id           uuid,
    result_reference text,
    error_code       text,
    error_message    text,
    PRIMARY KEY (batch_id, line)
);
CREATE INDEX batch_line_waiting ON batch_line (batch_id, line) WHERE status = 'waiting';
CREATE INDEX batch_line_queued ON batch_line (batch_id, line) WHERE status = 'queued';
