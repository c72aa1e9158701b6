-- The claim of V104 with the same answers, made of fewer and lighter statements:
--
-- * Where only one tenant waits, which is looked at first, its rows are locked, changed and returned
--   by one statement, which finds them again by their places in the table: they are locked, so they
--   stay there. A row that was changed in the moment before it was locked is not found again by its
--   old place; it is left to the next claim.
-- * Each setting of a function is made and unmade by every call, which took a tenth of a claim. The
--   joins are written so that they need none: a LATERAL with a LIMIT can only be a loop.
-- * What runs is counted by one scan of the kind's running jobs, not by one search for each tenant.
CREATE OR REPLACE FUNCTION queue_claim(
    p_kind text, p_worker text, p_limit integer, p_lease interval, p_max_running integer)
    RETURNS SETOF queue_job
    LANGUAGE plpgsql VOLATILE
    -- A queue's statistics are always old. These keep the plan on the indexes whatever they say,
    -- and keep the plan: making it takes longer than running it.
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
    SET jit = off
AS $$
DECLARE
    v_lock    text;
    v_now     timestamptz;
    v_left    integer := p_limit;
    -- the first and the last tenant with queued jobs, by name
    v_first   text;
    v_last    text;
    v_cap     integer;
    -- the tenant was served last of all: its turn is right as it is
    v_again   boolean;
    v_places  tid[];
    v_got     text[];
    v_served  text[] := '{}';
    -- the tenants of a deal in the order in which they are served, how many jobs each may take, how
    -- many it has running if it finds them all, and how many tenants there were to choose from
    v_tenants text[];
    v_takes   integer[];
    v_running integer[];
    v_choice  integer;
    -- all tenants that were dealt to, and what each had running if it was not short of jobs
    v_dealt   text[] := '{}';
    v_full    integer[] := '{}';
BEGIN
    -- assigned, since a PERFORM is a statement with all that belongs to one
    v_lock := pg_advisory_xact_lock(hashtext('queue_claim'), hashtext(p_kind));
    SELECT head.tenant, tail.tenant, COALESCE(known.max_running, p_max_running), known.is_last
    INTO v_first, v_last, v_cap, v_again
    FROM (SELECT j.tenant FROM queue_job j
          WHERE j.kind = p_kind AND j.status = 'queued'
          ORDER BY j.kind, j.tenant LIMIT 1) head
    CROSS JOIN (SELECT j.tenant FROM queue_job j
                WHERE j.kind = p_kind AND j.status = 'queued'
                ORDER BY j.kind DESC, j.tenant DESC LIMIT 1) tail
    LEFT JOIN LATERAL (
        SELECT t.max_running,
               t.turn = (SELECT q.last_value FROM queue_turn q WHERE q.is_called) AS is_last
        FROM queue_tenant t WHERE t.kind = p_kind AND t.tenant = head.tenant LIMIT 1) known ON true;
    IF v_first IS NULL THEN
        RETURN;
    END IF;
    v_now := queue_now();

    IF v_first = v_last THEN
        IF v_cap IS NOT NULL THEN
            v_left := LEAST(p_limit, GREATEST(0, v_cap - (
                SELECT count(*)::integer FROM queue_job r
                WHERE r.kind = p_kind AND r.tenant = v_first
                  AND r.status IN ('in_progress', 'cancelling'))));
        END IF;
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
        WHERE j.ctid = ANY (ARRAY(
            SELECT h.ctid FROM queue_job h
            WHERE h.kind = p_kind AND h.tenant = v_first AND h.status = 'queued'
              AND h.ranked_at <= v_now AND h.available_at <= v_now
              AND (h.deadline_at IS NULL OR h.deadline_at > v_now)
            ORDER BY h.kind, h.tenant, h.ranked_at
            LIMIT v_left
            FOR UPDATE SKIP LOCKED))
        RETURNING j.*;
        IF FOUND AND v_again IS NOT TRUE THEN
            INSERT INTO queue_tenant AS t (kind, tenant, turn)
            VALUES (p_kind, v_first, nextval('queue_turn'))
            ON CONFLICT (kind, tenant) DO UPDATE SET turn = EXCLUDED.turn;
        END IF;
        RETURN;
    END IF;

    LOOP
        WITH RECURSIVE waiting AS (
            -- The tenants with queued jobs, one index descent each, however long the lines are.
            SELECT v_first AS tenant
            UNION ALL
            SELECT next.tenant
            FROM waiting w CROSS JOIN LATERAL (
                SELECT j.tenant FROM queue_job j
                WHERE j.kind = p_kind AND j.status = 'queued' AND j.tenant > w.tenant
                ORDER BY j.kind, j.tenant LIMIT 1) next
        ), busy AS MATERIALIZED (
            SELECT r.tenant, count(*)::integer AS running FROM queue_job r
            WHERE r.kind = p_kind AND r.status IN ('in_progress', 'cancelling')
            GROUP BY r.tenant
        ), load AS MATERIALIZED (
            SELECT w.tenant,
                   COALESCE(known.turn, 0) AS turn,
                   COALESCE(known.max_running, p_max_running, 2147483647) AS cap,
                   COALESCE(b.running, 0) AS running
            FROM waiting w
            LEFT JOIN busy b ON b.tenant = w.tenant
            LEFT JOIN LATERAL (
                SELECT t.turn, t.max_running FROM queue_tenant t
                WHERE t.kind = p_kind AND t.tenant = w.tenant LIMIT 1) known ON true
        ), open AS MATERIALIZED (
            SELECT l.tenant, l.turn, l.running, LEAST(v_left, l.cap - l.running) AS seats
            FROM load l
            WHERE l.running < l.cap
              -- after the first deal only those that were not short of jobs and still have one
              AND (v_dealt = '{}' OR (
                  NOT EXISTS (SELECT FROM unnest(v_dealt, v_full) AS d (tenant, running)
                              WHERE d.tenant = l.tenant AND d.running > l.running)
                  -- not EXISTS, for which the whole line of the kind may be read into a hash table
                  AND (SELECT true FROM queue_job j
                       WHERE j.kind = p_kind AND j.tenant = l.tenant
                         AND j.status = 'queued' AND j.ranked_at <= v_now
                         AND j.available_at <= v_now
                         AND (j.deadline_at IS NULL OR j.deadline_at > v_now)
                       LIMIT 1)))
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

        SELECT array_agg(h.place), array_agg(d.tenant ORDER BY d.place)
        INTO v_places, v_got
        FROM unnest(v_tenants, v_takes) WITH ORDINALITY AS d (tenant, take, place)
        CROSS JOIN LATERAL (
            SELECT j.ctid AS place FROM queue_job j
            WHERE j.kind = p_kind AND j.tenant = d.tenant AND j.status = 'queued'
              AND j.ranked_at <= v_now AND j.available_at <= v_now
              AND (j.deadline_at IS NULL OR j.deadline_at > v_now)
            ORDER BY j.kind, j.tenant, j.ranked_at
            LIMIT d.take
            FOR UPDATE SKIP LOCKED) h;
        IF v_places IS NOT NULL THEN
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
            WHERE j.ctid = ANY (v_places)
            RETURNING j.*;
            v_left := v_left - cardinality(v_places);
            v_served := v_served || v_got;
        END IF;
        -- done when every share was found, and nobody is left when there was one tenant to choose
        EXIT WHEN v_left <= 0 OR v_choice = 1
            OR cardinality(v_places) = (SELECT sum(take) FROM unnest(v_takes) AS take);
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

-- Puts one job in line for a worker that has a slot free at this moment. Where nobody of the kind
-- waits and no cap forbids it, the job is the next in any case: it is then started in the same
-- statement, and one commit does for both. Else it is queued like any other. No row: the line is
-- full.
--
-- A cap is decided in turns with the claims (see queue_claim), and counted after the lock was had.
-- If the lock is taken the job is queued, so that a submission never waits for a claim.
CREATE FUNCTION queue_start(
    p_kind text, p_tenant text, p_priority integer, p_max_attempts integer, p_step bigint,
    p_time_left bigint, p_attributes text, p_payload text, p_max_queued integer,
    p_max_running integer, p_worker text, p_lease interval)
    RETURNS SETOF queue_job
    LANGUAGE plpgsql VOLATILE
    SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off
AS $$
DECLARE
    v_now      timestamptz;
    v_room     integer;
    v_cap      integer;
    v_again    boolean;
    v_occupied boolean;
    v_running  boolean;
BEGIN
    SELECT COALESCE(known.max_queued, p_max_queued), COALESCE(known.max_running, p_max_running),
           known.is_last,
           EXISTS (SELECT FROM queue_job j WHERE j.kind = p_kind AND j.status = 'queued')
    INTO v_room, v_cap, v_again, v_occupied
    FROM (SELECT) nothing
    LEFT JOIN LATERAL (
        SELECT t.max_queued, t.max_running,
               t.turn = (SELECT q.last_value FROM queue_turn q WHERE q.is_called) AS is_last
        FROM queue_tenant t WHERE t.kind = p_kind AND t.tenant = p_tenant LIMIT 1) known ON true;
    v_running := NOT v_occupied AND (v_room > 0) IS NOT FALSE AND (p_time_left > 0) IS NOT FALSE;
    IF v_running AND v_cap IS NOT NULL THEN
        v_running := pg_try_advisory_xact_lock(hashtext('queue_claim'), hashtext(p_kind));
        IF v_running THEN
            v_running := v_cap > (
                SELECT count(*) FROM queue_job r
                WHERE r.kind = p_kind AND r.tenant = p_tenant
                  AND r.status IN ('in_progress', 'cancelling'));
        END IF;
    END IF;
    IF NOT v_running AND v_room IS NOT NULL
        AND NOT queue_admits(p_kind, p_tenant, p_max_queued) THEN
        RETURN;
    END IF;
    v_now := queue_now();
    IF NOT v_running THEN
        RETURN QUERY
        INSERT INTO queue_job (kind, tenant, priority, max_attempts, available_at, ranked_at,
            deadline_at, attributes, payload, created_at, updated_at)
        VALUES (p_kind, p_tenant, p_priority, p_max_attempts, v_now,
            v_now - p_priority * p_step * interval '1 millisecond',
            v_now + p_time_left * interval '1 millisecond', p_attributes, p_payload, v_now, v_now)
        RETURNING *;
        RETURN;
    END IF;
    -- as the insert and the claim would have left it
    RETURN QUERY
    INSERT INTO queue_job (kind, tenant, priority, max_attempts, available_at, ranked_at,
        deadline_at, attributes, payload, created_at, updated_at, status, version, token, attempt,
        worker, lease_until, started_at)
    VALUES (p_kind, p_tenant, p_priority, p_max_attempts, v_now,
        v_now - p_priority * p_step * interval '1 millisecond',
        v_now + p_time_left * interval '1 millisecond', p_attributes, p_payload, v_now, v_now,
        'in_progress', 2, 1, 1, p_worker, v_now + p_lease, v_now)
    RETURNING *;
    IF v_again IS NOT TRUE THEN
        INSERT INTO queue_tenant AS t (kind, tenant, turn)
        VALUES (p_kind, p_tenant, nextval('queue_turn'))
        ON CONFLICT (kind, tenant) DO UPDATE SET turn = EXCLUDED.turn;
    END IF;
END
$$;
