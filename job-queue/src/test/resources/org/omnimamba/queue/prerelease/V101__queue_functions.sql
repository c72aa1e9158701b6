-- May this tenant put one more job in line? NULL means no limit. Counting stops at the limit. Near
-- the limit submissions of one tenant take turns and count again, so that many at once do not pass
-- together; far from it nobody waits for anybody.
CREATE FUNCTION queue_admits(p_kind text, p_tenant text, p_max_queued integer) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET enable_seqscan = off
    SET jit = off
AS $$
DECLARE
    v_limit integer := COALESCE(
        (SELECT t.max_queued FROM queue_tenant t WHERE t.kind = p_kind AND t.tenant = p_tenant),
        p_max_queued);
    v_depth integer;
BEGIN
    IF v_limit IS NULL THEN
        RETURN true;
    END IF;
    v_depth := (SELECT count(*) FROM (
        SELECT FROM queue_job j
        WHERE j.kind = p_kind AND j.tenant = p_tenant AND j.status = 'queued' LIMIT v_limit) line);
    IF v_depth + 64 < v_limit THEN
        RETURN true;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('queue_admits'), hashtext(p_kind || ' ' || p_tenant));
    v_depth := (SELECT count(*) FROM (
        SELECT FROM queue_job j
        WHERE j.kind = p_kind AND j.tenant = p_tenant AND j.status = 'queued' LIMIT v_limit) line);
    RETURN v_depth < v_limit;
END
$$;

-- Seconds until a full line has room again: what is in front (p_ahead jobs) over the pace at which
-- this tenant's jobs left the line lately; without any history, over what is running and its age.
CREATE FUNCTION queue_room_in(p_kind text, p_tenant text) RETURNS double precision
    LANGUAGE plpgsql VOLATILE
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
    FROM (SELECT j.kind, j.tenant, j.finished_at FROM queue_job j
          WHERE j.finished_at > v_now - interval '10 minutes'
          ORDER BY j.finished_at DESC LIMIT 500) recent
    WHERE recent.kind = p_kind AND recent.tenant = p_tenant;
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

-- Claims up to p_limit jobs of one kind, the running shares of the tenants made as equal as their
-- queues and caps allow, ties going to the tenant that was served longest ago.
--
-- Claims of one kind take turns (the advisory lock) because both the cap on running jobs and the
-- turn are decisions over all tenants: taken from two snapshots at once they would be wrong by a
-- batch. The lock is held for this one statement and its commit, never over a round trip, and each
-- statement inside the function reads a snapshot taken after the lock was had. Rows locked by a
-- cancellation or an expiry are skipped.
CREATE FUNCTION queue_claim(
    p_kind text, p_worker text, p_limit integer, p_lease interval, p_max_running integer)
    RETURNS SETOF queue_job
    LANGUAGE plpgsql VOLATILE
    -- A queue's statistics are always old. These keep the plan on the indexes whatever they say,
    -- and keep the plan: making it takes longer than running it.
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET enable_bitmapscan = off
    SET enable_hashjoin = off
    SET enable_mergejoin = off
    SET jit = off
AS $$
DECLARE
    v_now timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('queue_claim'), hashtext(p_kind));
    v_now := queue_now();
    RETURN QUERY
    WITH RECURSIVE waiting AS (
        -- The tenants with queued jobs, one index descent each, however long their lines are.
        (SELECT j.tenant FROM queue_job j
         WHERE j.kind = p_kind AND j.status = 'queued'
         ORDER BY j.kind, j.tenant LIMIT 1)
        UNION ALL
        SELECT (SELECT j.tenant FROM queue_job j
                WHERE j.kind = p_kind AND j.status = 'queued' AND j.tenant > w.tenant
                ORDER BY j.kind, j.tenant LIMIT 1)
        FROM waiting w WHERE w.tenant IS NOT NULL
    ), load AS MATERIALIZED (
        SELECT w.tenant,
               COALESCE(t.turn, 0) AS turn,
               COALESCE(t.max_running, p_max_running, 2147483647) AS cap,
               (SELECT count(*)::integer FROM queue_job r
                WHERE r.kind = p_kind AND r.tenant = w.tenant
                  AND r.status IN ('in_progress', 'cancelling')) AS running
        FROM waiting w
        LEFT JOIN queue_tenant t ON t.kind = p_kind AND t.tenant = w.tenant
        WHERE w.tenant IS NOT NULL
    ), ready AS MATERIALIZED (
        SELECT l.tenant, l.turn, l.running,
               (SELECT count(*)::integer FROM (
                    SELECT FROM queue_job j
                    WHERE j.kind = p_kind AND j.tenant = l.tenant AND j.status = 'queued'
                      AND j.ranked_at <= v_now AND j.available_at <= v_now
                      AND (j.deadline_at IS NULL OR j.deadline_at > v_now)
                    ORDER BY j.kind, j.tenant, j.ranked_at
                    LIMIT LEAST(p_limit, l.cap - l.running)) head) AS ready
        FROM load l WHERE l.running < l.cap
    ), share AS (
        SELECT s.tenant, count(*)::integer AS take, min(s.seat) AS seat, min(s.turn) AS turn
        FROM (SELECT r.tenant, r.turn, r.running + n AS seat
              FROM ready r CROSS JOIN LATERAL generate_series(1, r.ready) n
              ORDER BY seat, r.turn, r.tenant LIMIT p_limit) s
        GROUP BY s.tenant
    ), picked AS MATERIALIZED (
        SELECT h.id FROM share s CROSS JOIN LATERAL (
            SELECT j.id FROM queue_job j
            WHERE j.kind = p_kind AND j.tenant = s.tenant AND j.status = 'queued'
              AND j.ranked_at <= v_now AND j.available_at <= v_now
              AND (j.deadline_at IS NULL OR j.deadline_at > v_now)
            ORDER BY j.kind, j.tenant, j.ranked_at
            LIMIT s.take
            FOR UPDATE SKIP LOCKED) h
    ), served AS (
        INSERT INTO queue_tenant AS t (kind, tenant, turn)
        SELECT p_kind, o.tenant, nextval('queue_turn')
        FROM (SELECT s.tenant FROM share s ORDER BY s.seat, s.turn, s.tenant) o
        ON CONFLICT (kind, tenant) DO UPDATE SET turn = EXCLUDED.turn
    )
    UPDATE queue_job j
    SET status = 'in_progress',
        token = j.token + 1,
        attempt = j.attempt + 1,
        worker = p_worker,
        lease_until = v_now + p_lease,
        started_at = COALESCE(j.started_at, v_now),
        updated_at = v_now,
        version = j.version + 1,
        progress_done = 0,
        progress_total = 0,
        progress_detail = NULL
    WHERE j.id = ANY (ARRAY(SELECT p.id FROM picked p))
    RETURNING j.*;
END
$$;
