-- What a client can watch of a job, beside the queue's own tables.

-- The history that event streams replay. Of progress only the latest is kept, so a job's history is
-- bounded by its attempts and the partial images that its worker may keep.
CREATE TABLE job_event (
    job_id uuid        NOT NULL REFERENCES queue_job (id) ON DELETE CASCADE,
    seq    bigint      GENERATED ALWAYS AS IDENTITY,
    type   text        NOT NULL CHECK (type IN
        ('queued', 'started', 'progress', 'partial_image', 'finished')),
    at     timestamptz NOT NULL,
    data   text        NOT NULL CHECK (data IS JSON OBJECT),
    image  bytea,
    PRIMARY KEY (job_id, seq),
    CHECK ((type = 'partial_image') = (image IS NOT NULL))
) WITH (
    -- Progress is replaced several times a second, so this table turns over like the queue's: vacuum
    -- it by a fixed number of dead rows instead of a share of a table that is mostly history.
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0.05,
    autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX job_event_progress ON job_event (job_id) WHERE type = 'progress';

-- Whoever changes the row of an inference job (the API, a worker, the queue's own upkeep), the event
-- commits with the change, or neither does. The change holds the row's lock, so the events of one job
-- are numbered in the order in which they happened.
--
-- A job's events stay bounded by its attempts and its redrives: an attempt that did not count
-- (postponed, given back) takes its own events with it. And the upstream's error that is kept belongs
-- to the error the job shows: whatever else ends an attempt clears it away.
CREATE FUNCTION job_record_change() RETURNS trigger
    LANGUAGE plpgsql
AS $$
DECLARE
    v_type text;
    v_data text := json_build_object(
        'id', NEW.id, 'status', NEW.status, 'attempt', NEW.attempt,
        'tokens_done', NEW.progress_done, 'tokens_total', NEW.progress_total)::text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        v_type := 'queued';
    ELSIF NEW.status <> OLD.status THEN
        IF NEW.status = 'queued' THEN
            v_type := 'queued';
        ELSIF NEW.status = 'in_progress' THEN
            v_type := 'started';
        ELSIF NEW.finished_at IS NOT NULL THEN
            v_type := 'finished';
        END IF;
        -- what an attempt showed goes when the job starts over
        IF v_type = 'queued' THEN
            DELETE FROM job_event e
            WHERE e.job_id = NEW.id AND e.type IN ('progress', 'partial_image');
        END IF;
        IF v_type = 'queued' AND OLD.lease_until IS NOT NULL AND NEW.attempt < OLD.attempt THEN
            -- its start, and that it waited before; when the job first came in line stays
            DELETE FROM job_event e
            WHERE e.job_id = NEW.id
              AND (e.type = 'started' AND (e.data::json ->> 'attempt')::integer > NEW.attempt
                OR e.type = 'queued' AND (e.data::json ->> 'attempt')::integer = NEW.attempt)
              AND e.seq > (SELECT min(f.seq) FROM job_event f WHERE f.job_id = NEW.id)
              AND e.seq > COALESCE((SELECT max(f.seq) FROM job_event f
                                    WHERE f.job_id = NEW.id AND f.type = 'finished'), 0);
        END IF;
        -- an error there was before, and now another one, or the same of a later attempt
        IF OLD.error_code IS NOT NULL AND v_type IN ('queued', 'finished')
            AND (NEW.attempt >= OLD.attempt
                OR (NEW.error_code, NEW.error_message)
                    IS DISTINCT FROM (OLD.error_code, OLD.error_message)) THEN
            DELETE FROM job_upstream_error u WHERE u.job_id = NEW.id;
        END IF;
    ELSIF NEW.progress_done <> OLD.progress_done OR NEW.progress_total <> OLD.progress_total THEN
        v_type := 'progress';
        DELETE FROM job_event e WHERE e.job_id = NEW.id AND e.type = 'progress';
    END IF;
    IF v_type IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO job_event (job_id, type, at, data) VALUES (NEW.id, v_type, queue_now(), v_data);
    RETURN NULL;
END
$$;

CREATE TRIGGER job_record_insert AFTER INSERT ON queue_job
    FOR EACH ROW WHEN (NEW.kind = 'inference') EXECUTE FUNCTION job_record_change();
CREATE TRIGGER job_record_update AFTER UPDATE OF status, progress_done, progress_total ON queue_job
    FOR EACH ROW WHEN (NEW.kind = 'inference') EXECUTE FUNCTION job_record_change();

-- The whole error object of inference-service for a job's last failed attempt.
CREATE TABLE job_upstream_error (
    job_id uuid PRIMARY KEY REFERENCES queue_job (id) ON DELETE CASCADE,
    body   text NOT NULL CHECK (body IS JSON OBJECT)
);

-- Webhook endpoints, their secrets, deliveries and attempts.

-- Signing secrets, sealed by the service before they get here. While a secret is being rotated the
-- one before signs too, until previous_until.
CREATE TABLE webhook_secret (
    id             uuid        PRIMARY KEY,
    tenant         text        NOT NULL,
    sealed         bytea       NOT NULL,
    previous       bytea,
    previous_until timestamptz,
    created_at     timestamptz NOT NULL,
    rotated_at     timestamptz,
    CHECK ((previous IS NULL) = (previous_until IS NULL))
);

-- The secret that signs webhooks given with a job instead of registered.
CREATE TABLE webhook_tenant_secret (
    tenant    text PRIMARY KEY,
    secret_id uuid NOT NULL REFERENCES webhook_secret (id)
);

CREATE TABLE webhook_endpoint (
    id              uuid        PRIMARY KEY,
    tenant          text        NOT NULL,
    url             text        NOT NULL,
    events          text[]      NOT NULL CHECK (cardinality(events) > 0),
    description     text,
    secret_id       uuid        NOT NULL REFERENCES webhook_secret (id),
    disabled_reason text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);
CREATE INDEX webhook_endpoint_tenant ON webhook_endpoint (tenant, id);

-- One message for one receiver. The id is the webhook-id of every attempt; the payload is kept as
-- the bytes that are signed. The secret is the endpoint's, or without one the tenant's. Deliveries go
-- with their job.
CREATE TABLE webhook_delivery (
    id          uuid        PRIMARY KEY,
    tenant      text        NOT NULL,
    job_id      uuid        NOT NULL REFERENCES queue_job (id) ON DELETE CASCADE,
    endpoint_id uuid        REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    url         text        NOT NULL,
    event       text        NOT NULL,
    payload     text        NOT NULL,
    status      text        NOT NULL DEFAULT 'pending' CHECK (status IN
        ('pending', 'delivered', 'failed')),
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    -- How many attempts it had when it was last replayed. Where it stands in its schedule is counted
    -- from there by the attempts that were really made, not by how often a worker took it.
    attempts_before integer NOT NULL DEFAULT 0,
    CHECK ((status = 'pending') = (finished_at IS NULL))
);
CREATE INDEX webhook_delivery_job ON webhook_delivery (job_id, id);
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, id);

CREATE TABLE webhook_attempt (
    delivery_id   uuid        NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
    number        integer     NOT NULL,
    at            timestamptz NOT NULL,
    http_status   integer,
    latency_ms    integer     NOT NULL,
    error         text,
    next_at       timestamptz,
    -- For the operator only: it may come from a host that the tenant must not be able to read.
    response_head bytea       NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
