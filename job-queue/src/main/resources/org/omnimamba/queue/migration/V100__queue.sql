-- The job queue. Terms, states and failure cases are described in the package documentation of
-- org.omnimamba.queue; what stands here is how the tables carry them.

-- The only clock. Every statement asks this function, so a test can move the time of one database
-- by replacing it, and no worker's own clock ever enters a row.
CREATE FUNCTION queue_now() RETURNS timestamptz
    LANGUAGE sql VOLATILE PARALLEL SAFE
    RETURN clock_timestamp();

-- All that must hold for a row of queue_job, in one function. A constraint of a table is read from the
-- catalogue and compiled again by every statement that writes to the table; written as twelve
-- constraints this took a third of the time of a submission. A function in plpgsql is compiled once in
-- a session. (A function in SQL would not do: it is expanded by every statement.)
CREATE FUNCTION queue_job_is_sound(
    p_kind text, p_tenant text, p_status text, p_priority smallint, p_attempt integer,
    p_max_attempts integer, p_leased boolean, p_finished boolean, p_key text, p_hash bytea,
    p_progress_detail text, p_attributes text)
    RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
    RETURN length(p_kind) BETWEEN 1 AND 64
        AND length(p_tenant) BETWEEN 1 AND 128
        AND p_status IN (
            'queued', 'in_progress', 'cancelling', 'completed', 'failed', 'cancelled', 'expired')
        AND p_priority BETWEEN 0 AND 9
        AND p_attempt >= 0
        AND p_max_attempts >= 1
        -- a running job has a lease and no other has, and a job that has ended says when
        AND p_leased = (p_status IN ('in_progress', 'cancelling'))
        AND p_finished = (p_status IN ('completed', 'failed', 'cancelled', 'expired'))
        AND (p_key IS NULL) = (p_hash IS NULL)
        AND (p_key IS NULL OR length(p_key) BETWEEN 1 AND 255)
        AND (p_progress_detail IS NULL OR p_progress_detail IS JSON)
        AND p_attributes IS JSON OBJECT;
END
$$;

CREATE TABLE queue_job (
    id               uuid        PRIMARY KEY,
    kind             text        NOT NULL,
    tenant           text        NOT NULL,
    status           text        NOT NULL DEFAULT 'queued',
    -- Counts every visible change of the row: an ETag, and the position of a change feed.
    version          bigint      NOT NULL DEFAULT 1,
    -- The fencing token: raised by every claim, quoted by every later write of that claim.
    token            bigint      NOT NULL DEFAULT 0,
    priority         smallint    NOT NULL DEFAULT 0,
    attempt          integer     NOT NULL DEFAULT 0,
    max_attempts     integer     NOT NULL,
    -- Where the job stands in its tenant's line: available_at moved back by the ageing step for each
    -- point of priority. All jobs age alike, so ageing needs no later update: an old job of low
    -- priority simply keeps the earlier rank.
    ranked_at        timestamptz NOT NULL,
    available_at     timestamptz NOT NULL,
    deadline_at      timestamptz,
    worker           text,
    lease_until      timestamptz,
    idempotency_key  text,
    request_hash     bytea,
    progress_done    bigint      NOT NULL DEFAULT 0,
    progress_total   bigint      NOT NULL DEFAULT 0,
    progress_detail  text,
    result_reference text,
    error_code       text,
    error_message    text,
    created_at       timestamptz NOT NULL,
    started_at       timestamptz,
    updated_at       timestamptz NOT NULL,
    finished_at      timestamptz,
    attributes       text        NOT NULL DEFAULT '{}',
    payload          text        NOT NULL,
    CONSTRAINT queue_job_sound CHECK (queue_job_is_sound(
        kind, tenant, status, priority, attempt, max_attempts, lease_until IS NOT NULL,
        finished_at IS NOT NULL, idempotency_key, request_hash, progress_detail, attributes))
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
-- The dead letters of a tenant: jobs that ended with an error. Small, since most jobs do not.
CREATE INDEX queue_job_dead ON queue_job (tenant, kind, finished_at)
    WHERE finished_at IS NOT NULL AND error_code IS NOT NULL;
-- The latest endings of one tenant, however many others there were meanwhile. Those with an error
-- have an index already; apart, so that no search for dead letters is tempted to walk through this.
CREATE INDEX queue_job_ended ON queue_job (kind, tenant, finished_at)
    WHERE finished_at IS NOT NULL AND error_code IS NULL;

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

-- May this tenant put so many more jobs in line, with room to spare? NULL means no limit. Only a
-- false needs queue_admits, which takes turns and counts again: it decides near the limit.
CREATE FUNCTION queue_has_room(p_kind text, p_tenant text, p_max_queued integer, p_more bigint)
    RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET enable_seqscan = off
    SET jit = off
AS $$
DECLARE
    v_limit integer := COALESCE(
        (SELECT t.max_queued FROM queue_tenant t WHERE t.kind = p_kind AND t.tenant = p_tenant),
        p_max_queued);
BEGIN
    RETURN v_limit IS NULL OR p_more + 64 <= v_limit - (SELECT count(*) FROM (
        SELECT FROM queue_job j
        WHERE j.kind = p_kind AND j.tenant = p_tenant AND j.status = 'queued' LIMIT v_limit) line);
END
$$;

-- How many more jobs this tenant may put in line. NULL means no limit.
CREATE FUNCTION queue_room(p_kind text, p_tenant text, p_max_queued integer) RETURNS integer
    LANGUAGE plpgsql VOLATILE
    SET enable_seqscan = off
    SET jit = off
AS $$
DECLARE
    v_limit integer := COALESCE(
        (SELECT t.max_queued FROM queue_tenant t WHERE t.kind = p_kind AND t.tenant = p_tenant),
        p_max_queued);
BEGIN
    IF v_limit IS NULL THEN
        RETURN NULL;
    END IF;
    -- in turns with submissions near the limit, and counted after the lock was had
    PERFORM pg_advisory_xact_lock(hashtext('queue_admits'), hashtext(p_kind || ' ' || p_tenant));
    RETURN v_limit - (SELECT count(*)::integer FROM (
        SELECT FROM queue_job j
        WHERE j.kind = p_kind AND j.tenant = p_tenant AND j.status = 'queued' LIMIT v_limit) line);
END
$$;

-- Seconds until a full line has room for one more: the pace at which this tenant's jobs ended lately;
-- without any history, over what is running and its age.
CREATE FUNCTION queue_room_in(p_kind text, p_tenant text) RETURNS double precision
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
--
-- It is made of few and light statements:
--
-- * Where only one tenant waits, which is looked at first, its rows are locked, changed and returned
--   by one statement, which finds them again by their places in the table: they are locked, so they
--   stay there. A row that was changed in the moment before it was locked is not found again by its
--   old place; it is left to the next claim.
-- * Each setting of a function is made and unmade by every call, which took a tenth of a claim. The
--   joins are written so that they need none: a LATERAL with a LIMIT can only be a loop.
-- * What runs is counted by one scan of the kind's running jobs, not by one search for each tenant.
CREATE FUNCTION queue_claim(
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

-- Makes the partition for one day's results. False when it is there already, when another session
-- is making it, or when results of that day already lie in the default partition (they then stay
-- there and are deleted row by row when their time has come).
CREATE FUNCTION queue_add_result_day(p_day date) RETURNS boolean
    LANGUAGE plpgsql VOLATILE
    SET lock_timeout = '2s'
AS $$
DECLARE
    v_name text := 'queue_result_' || to_char(p_day, 'YYYYMMDD');
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('queue_result'), 0)
        OR to_regclass(v_name) IS NOT NULL
        OR EXISTS (SELECT FROM queue_result_default r WHERE r.stored_on = p_day) THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF queue_result FOR VALUES FROM (%L) TO (%L)',
        v_name, p_day, p_day + 1);
    RETURN true;
END
$$;

-- Drops the partitions of all days before that day, and says how many.
CREATE FUNCTION queue_drop_results_before(p_day date) RETURNS integer
    LANGUAGE plpgsql VOLATILE
    SET lock_timeout = '2s'
AS $$
DECLARE
    v_name  text;
    v_count integer := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('queue_result'), 0) THEN
        RETURN 0;
    END IF;
    FOR v_name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'queue_result'::regclass AND c.relname ~ '^queue_result_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < p_day
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE %I', v_name);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;

SELECT queue_add_result_day((queue_now() AT TIME ZONE 'UTC')::date + n)
FROM generate_series(0, 3) n;
