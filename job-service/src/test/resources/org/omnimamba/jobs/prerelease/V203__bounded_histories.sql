-- A job's events stay bounded by its attempts and its redrives: an attempt that did not count
-- (postponed, given back) takes its own events with it. And the upstream's error that is kept belongs
-- to the error the job shows: whatever else ends an attempt clears it away.
CREATE OR REPLACE FUNCTION job_record_change() RETURNS trigger
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
