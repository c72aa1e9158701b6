-- The latest endings of one tenant, however many others there were meanwhile. Those with an error
-- have an index already; apart, so that no search for dead letters is tempted to walk through this.
CREATE INDEX queue_job_ended ON queue_job (kind, tenant, finished_at)
    WHERE finished_at IS NOT NULL AND error_code IS NULL;

-- Seconds until a full line has room for one more: the pace at which this tenant's jobs ended lately;
-- without any history, over what is running and its age.
CREATE OR REPLACE FUNCTION queue_room_in(p_kind text, p_tenant text) RETURNS double precision
    LANGUAGE plpgsql VOLATILE
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET jit = off
AS $$
DECLARE
    v_now     timestamptz := queue_now();
    v_done    bigint;
    v_since   double precision;
    v_running bigint;
    v_oldest  double precision;
BEGIN
    SELECT count(*), COALESCE(EXTRACT(EPOCH FROM v_now - min(recent.finished_at)), 0)
    INTO v_done, v_since
    FROM ((SELECT j.finished_at FROM queue_job j
           WHERE j.kind = p_kind AND j.tenant = p_tenant AND j.error_code IS NULL
             AND j.finished_at > v_now - interval '10 minutes'
           ORDER BY j.finished_at DESC LIMIT 500)
          UNION ALL
          (SELECT j.finished_at FROM queue_job j
           WHERE j.kind = p_kind AND j.tenant = p_tenant AND j.error_code IS NOT NULL
             AND j.finished_at > v_now - interval '10 minutes'
           ORDER BY j.finished_at DESC LIMIT 500)
          ORDER BY 1 DESC LIMIT 500) recent;
    IF v_done >= 2 THEN
        RETURN v_since / (v_done - 1);
    END IF;
    SELECT count(*), COALESCE(EXTRACT(EPOCH FROM v_now - min(j.started_at)), 0)
    INTO v_running, v_oldest
    FROM queue_job j
    WHERE j.kind = p_kind AND j.tenant = p_tenant AND j.status IN ('in_progress', 'cancelling');
    IF v_running > 0 THEN
        RETURN GREATEST(v_oldest, 1) / v_running;
    END IF;
    RETURN 30;
END
$$;
