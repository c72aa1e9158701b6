-- Claims up to p_limit jobs of one kind, the running shares of the tenants made as equal as their
-- queues and caps allow, ties going to the tenant that was served longest ago.
--
-- The free slots are dealt as if every line were endless, and the rows are taken. Where a line was
-- shorter than its share the rest is dealt again among the others, so only rows that are taken are
-- read. That gives the same shares as counting all lines first: each slot of the first deal that
-- found a job is one that a deal with known lines would have given too.
--
-- Claims of one kind take turns (the advisory lock) because both the cap on running jobs and the
-- turn are decisions over all tenants: taken from two snapshots at once they would be wrong by a
-- batch. The lock is held for this one statement and its commit, never over a round trip, and each
-- statement inside the function reads a snapshot taken after the lock was had. Rows locked by a
-- cancellation or an expiry are skipped.
CREATE OR REPLACE FUNCTION queue_claim(
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
    v_now     timestamptz;
    v_left    integer := p_limit;
    v_ids     uuid[];
    v_got     text[];
    v_served  text[] := '{}';
    -- the tenants of a deal in the order in which they are served, how many jobs each may take, how
    -- many it has running if it finds them all, and how many tenants there were to choose from
    v_tenants text[];
    v_takes   integer[];
    v_running integer[];
    v_choice  integer;
    -- the tenant served last of all, if the deal is for it alone: its turn is right as it is
    v_again   boolean;
    -- all tenants that were dealt to, and what each had running if it was not short of jobs
    v_dealt   text[] := '{}';
    v_full    integer[] := '{}';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('queue_claim'), hashtext(p_kind));
    v_now := queue_now();
    -- In a quiet queue one tenant waits, or none, and there is nothing to share. If there are more
    -- they are counted below.
    SELECT ARRAY[head.tenant],
           ARRAY[LEAST(p_limit, CASE WHEN lim.cap IS NOT NULL THEN GREATEST(0, lim.cap - (
               SELECT count(*)::integer FROM queue_job r
               WHERE r.kind = p_kind AND r.tenant = head.tenant
                 AND r.status IN ('in_progress', 'cancelling'))) END)],
           CASE WHEN head.tenant = tail.tenant THEN 1 ELSE 2 END,
           lim.turn = (SELECT q.last_value FROM queue_turn q WHERE q.is_called)
    INTO v_tenants, v_takes, v_choice, v_again
    FROM (SELECT j.tenant FROM queue_job j
          WHERE j.kind = p_kind AND j.status = 'queued'
          ORDER BY j.kind, j.tenant LIMIT 1) head
    CROSS JOIN (SELECT j.tenant FROM queue_job j
                WHERE j.kind = p_kind AND j.status = 'queued'
                ORDER BY j.kind DESC, j.tenant DESC LIMIT 1) tail
    CROSS JOIN LATERAL (
        SELECT max(t.turn) AS turn, COALESCE(max(t.max_running), p_max_running) AS cap
        FROM queue_tenant t WHERE t.kind = p_kind AND t.tenant = head.tenant) lim;
    IF v_tenants IS NULL THEN
        RETURN;
    END IF;
    LOOP
        IF v_choice > 1 THEN
            WITH RECURSIVE waiting AS (
                -- The tenants with queued jobs, one index descent each, however long the lines are.
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
            ), open AS MATERIALIZED (
                SELECT l.tenant, l.turn, l.running, LEAST(v_left, l.cap - l.running) AS seats
                FROM load l
                WHERE l.running < l.cap
                  -- after the first deal only those that were not short of jobs and still have one
                  AND (v_dealt = '{}' OR (
                      NOT EXISTS (SELECT FROM unnest(v_dealt, v_full) AS d (tenant, running)
                                  WHERE d.tenant = l.tenant AND d.running > l.running)
                      AND EXISTS (SELECT FROM queue_job j
                                  WHERE j.kind = p_kind AND j.tenant = l.tenant
                                    AND j.status = 'queued' AND j.ranked_at <= v_now
                                    AND j.available_at <= v_now
                                    AND (j.deadline_at IS NULL OR j.deadline_at > v_now))))
            ), share AS (
                SELECT s.tenant, count(*)::integer AS take, max(s.seat) AS running,
                       min(s.seat) AS first_seat, min(s.turn) AS turn
                FROM (SELECT o.tenant, o.turn, o.running + n AS seat
                      FROM open o CROSS JOIN LATERAL generate_series(1, o.seats) n
                      ORDER BY seat, o.turn, o.tenant LIMIT v_left) s
                GROUP BY s.tenant
            ), served AS (
                SELECT * FROM share s ORDER BY s.first_seat, s.turn, s.tenant
            )
            SELECT array_agg(s.tenant), array_agg(s.take), array_agg(s.running),
                   (SELECT count(*) FROM open),
                   count(*) = 1 AND min(s.turn) = (
                       SELECT q.last_value FROM queue_turn q WHERE q.is_called)
            INTO v_tenants, v_takes, v_running, v_choice, v_again
            FROM served s;
            EXIT WHEN v_tenants IS NULL;
        END IF;

        SELECT array_agg(h.id), array_agg(d.tenant ORDER BY d.place)
        INTO v_ids, v_got
        FROM unnest(v_tenants, v_takes) WITH ORDINALITY AS d (tenant, take, place)
        CROSS JOIN LATERAL (
            SELECT j.id FROM queue_job j
            WHERE j.kind = p_kind AND j.tenant = d.tenant AND j.status = 'queued'
              AND j.ranked_at <= v_now AND j.available_at <= v_now
              AND (j.deadline_at IS NULL OR j.deadline_at > v_now)
            ORDER BY j.kind, j.tenant, j.ranked_at
            LIMIT d.take
            FOR UPDATE SKIP LOCKED) h;
        IF v_ids IS NOT NULL THEN
            RETURN QUERY
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
            WHERE j.id = ANY (v_ids)
            RETURNING j.*;
            v_left := v_left - cardinality(v_ids);
            v_served := v_served || v_got;
        END IF;
        -- done when every share was found, and nobody is left when there was one tenant to choose
        EXIT WHEN v_left <= 0 OR v_choice = 1
            OR cardinality(v_ids) = (SELECT sum(take) FROM unnest(v_takes) AS take);
        v_dealt := v_dealt || v_tenants;
        v_full := v_full || v_running;
    END LOOP;
    IF v_served <> '{}' AND (v_again IS NOT TRUE OR v_dealt <> '{}') THEN
        -- only now, since all deals of a claim go by the turns that it found
        INSERT INTO queue_tenant AS t (kind, tenant, turn)
        SELECT p_kind, o.tenant, nextval('queue_turn')
        FROM (SELECT d.tenant FROM unnest(v_served) WITH ORDINALITY AS d (tenant, place)
              GROUP BY d.tenant ORDER BY min(d.place)) o
        ON CONFLICT (kind, tenant) DO UPDATE SET turn = EXCLUDED.turn;
    END IF;
END
$$;
