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
);
CREATE INDEX job_event_progress ON job_event (job_id) WHERE type = 'progress';

-- Whoever changes the row of an inference job (the API, a worker, the queue's own upkeep), the event
-- commits with the change, or neither does. The change holds the row's lock, so the events of one job
-- are numbered in the order in which they happened.
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
