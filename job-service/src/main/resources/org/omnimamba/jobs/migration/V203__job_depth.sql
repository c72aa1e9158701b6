-- What waits and runs, counted once in an interval for all replicas: the first that asks counts, the
-- others read what it counted. No replica is special, so none has to be replaced when it goes.
CREATE TABLE job_depth (
    only_row boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    at       timestamptz NOT NULL,
    figures  text        NOT NULL CHECK (figures IS JSON OBJECT)
);

CREATE INDEX webhook_delivery_pending ON webhook_delivery (job_id) WHERE status = 'pending';

-- Each count has an index that holds just the rows it is about.
CREATE FUNCTION job_depth_count() RETURNS text
    LANGUAGE sql VOLATILE
AS $$
    WITH clock AS MATERIALIZED (SELECT queue_now() AS at),
    counted AS (
        SELECT j.kind, count(*) FILTER (WHERE j.available_at <= clock.at) AS waiting,
               count(*) FILTER (WHERE j.available_at > clock.at) AS delayed, 0::bigint AS running,
               min(j.available_at) FILTER (WHERE j.available_at <= clock.at) AS oldest,
               0::bigint AS dead
        FROM queue_job j CROSS JOIN clock WHERE j.status = 'queued' GROUP BY j.kind
        UNION ALL
        SELECT j.kind, 0, 0, count(*), NULL, 0
        FROM queue_job j WHERE j.status IN ('in_progress', 'cancelling') GROUP BY j.kind
        UNION ALL
        SELECT j.kind, 0, 0, 0, NULL, count(*)
        FROM queue_job j
        WHERE j.finished_at IS NOT NULL AND j.error_code IS NOT NULL
          AND j.status IN ('failed', 'expired')
        GROUP BY j.kind
    ), kinds AS (
        SELECT c.kind, sum(c.waiting) AS waiting, sum(c.delayed) AS delayed,
               sum(c.running) AS running, sum(c.dead) AS dead,
               COALESCE(EXTRACT(EPOCH FROM (SELECT at FROM clock) - min(c.oldest)), 0)
                   AS oldest_seconds
        FROM counted c GROUP BY c.kind
    )
    SELECT json_build_object(
        'kinds', COALESCE((SELECT json_agg(row_to_json(k)) FROM kinds k), '[]'::json),
        'webhooks_pending',
        (SELECT count(*) FROM webhook_delivery d WHERE d.status = 'pending'))::text
$$;

-- The figures, at most p_seconds old unless another session is counting at this moment: then those
-- of before. The clock here is the server's own, since an age is no time of the queue's.
CREATE FUNCTION job_depth_within(
    p_seconds double precision, OUT age_seconds double precision, OUT figures text)
    RETURNS SETOF record
    LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
    v_fresh boolean;
BEGIN
    FOR v_turn IN 1..2 LOOP
        SELECT EXTRACT(EPOCH FROM clock_timestamp() - d.at), d.figures
        INTO age_seconds, figures FROM job_depth d;
        v_fresh := FOUND AND age_seconds BETWEEN 0 AND p_seconds * 0.9;
        EXIT WHEN v_fresh;
        -- read again with the lock: another session may have counted meanwhile
        EXIT WHEN v_turn = 1
            AND NOT pg_try_advisory_xact_lock(hashtext('job_depth'), 0);
    END LOOP;
    IF NOT v_fresh AND pg_try_advisory_xact_lock(hashtext('job_depth'), 0) THEN
        age_seconds := 0;
        figures := job_depth_count();
        INSERT INTO job_depth AS d (at, figures) VALUES (clock_timestamp(), figures)
        ON CONFLICT (only_row) DO UPDATE SET at = EXCLUDED.at, figures = EXCLUDED.figures;
    END IF;
    IF figures IS NOT NULL THEN
        RETURN NEXT;
    END IF;
END
$$;
