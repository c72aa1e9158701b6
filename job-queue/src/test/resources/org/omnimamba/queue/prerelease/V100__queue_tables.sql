-- The job queue. Terms, states and failure cases are described in the package documentation of
-- org.omnimamba.queue; what stands here is how the tables carry them.

-- The only clock. Every statement asks this function, so a test can move the time of one database
-- by replacing it, and no worker's own clock ever enters a row.
CREATE FUNCTION queue_now() RETURNS timestamptz
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN clock_timestamp();

CREATE TABLE queue_job (
    id               uuid        PRIMARY KEY DEFAULT uuidv7(),
    kind             text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    tenant           text        NOT NULL CHECK (length(tenant) BETWEEN 1 AND 128),
    status           text        NOT NULL DEFAULT 'queued' CHECK (status IN
        ('queued', 'in_progress', 'cancelling', 'completed', 'failed', 'cancelled', 'expired')),
    -- Counts every visible change of the row: an ETag, and the position of a change feed.
    version          bigint      NOT NULL DEFAULT 1,
    -- The fencing token: raised by every claim, quoted by every later write of that claim.
    token            bigint      NOT NULL DEFAULT 0,
    priority         smallint    NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 9),
    attempt          integer     NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    max_attempts     integer     NOT NULL CHECK (max_attempts >= 1),
    -- Where the job stands in its tenant's line: available_at moved back by the ageing step for each
    -- point of priority. All jobs age alike, so ageing needs no later update: an old job of low
    -- priority simply keeps the earlier rank.
    ranked_at        timestamptz NOT NULL,
    available_at     timestamptz NOT NULL,
    deadline_at      timestamptz,
    worker           text,
    lease_until      timestamptz,
    idempotency_key  text        CHECK (length(idempotency_key) BETWEEN 1 AND 255),
    request_hash     bytea,
    progress_done    bigint      NOT NULL DEFAULT 0,
    progress_total   bigint      NOT NULL DEFAULT 0,
    progress_detail  text        CHECK (progress_detail IS JSON),
    result_reference text,
    error_code       text,
    error_message    text,
    created_at       timestamptz NOT NULL,
    started_at       timestamptz,
    updated_at       timestamptz NOT NULL,
    finished_at      timestamptz,
    attributes       text        NOT NULL DEFAULT '{}' CHECK (attributes IS JSON OBJECT),
    payload          text        NOT NULL,
    CHECK ((status IN ('in_progress', 'cancelling')) = (lease_until IS NOT NULL)),
    CHECK ((status IN ('completed', 'failed', 'cancelled', 'expired')) = (finished_at IS NOT NULL)),
    CHECK ((idempotency_key IS NULL) = (request_hash IS NULL))
) WITH (
    -- Room on each page for heartbeats and progress, which then touch no index (HOT updates).
    fillfactor = 70,
    -- A queue turns its whole content over, so vacuum by a fixed number of dead rows and without
    -- pauses: dead entries at the head of the line are what makes a queue slow.
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_insert_scale_factor = 0.0,
    autovacuum_vacuum_insert_threshold = 10000,
    autovacuum_analyze_scale_factor = 0.02,
    autovacuum_analyze_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

CREATE UNIQUE INDEX queue_job_idempotency ON queue_job (tenant, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX queue_job_ready ON queue_job (kind, tenant, ranked_at) WHERE status = 'queued';
CREATE INDEX queue_job_running ON queue_job (kind, tenant)
    WHERE status IN ('in_progress', 'cancelling');
CREATE INDEX queue_job_overdue ON queue_job (deadline_at)
    WHERE status = 'queued' AND deadline_at IS NOT NULL;
CREATE INDEX queue_job_finished ON queue_job (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX queue_job_listing ON queue_job (tenant, kind, id);

-- One row for each tenant that was ever served: whose turn it is, and limits that differ from the
-- defaults of the program.
CREATE TABLE queue_tenant (
    kind        text   NOT NULL,
    tenant      text   NOT NULL,
    turn        bigint NOT NULL DEFAULT 0,
    max_running integer CHECK (max_running >= 0),
    max_queued  integer CHECK (max_queued >= 0),
    PRIMARY KEY (kind, tenant)
) WITH (
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 500
);
CREATE SEQUENCE queue_turn CACHE 1;

-- Result bytes live apart from the rows that are claimed and updated, one partition a day: a day is
-- given back by dropping its table. The default partition only catches what no day was made for.
CREATE TABLE queue_result (
    stored_on    date        NOT NULL,
    job_id       uuid        NOT NULL,
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    content_type text        NOT NULL,
    body         bytea       NOT NULL,
    PRIMARY KEY (stored_on, job_id, name)
) PARTITION BY RANGE (stored_on);
CREATE TABLE queue_result_default PARTITION OF queue_result DEFAULT;
