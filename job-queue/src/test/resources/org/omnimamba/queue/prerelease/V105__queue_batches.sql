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

-- The dead letters of a tenant: jobs that ended with an error. Small, since most jobs do not.
CREATE INDEX queue_job_dead ON queue_job (tenant, kind, finished_at)
    WHERE finished_at IS NOT NULL AND error_code IS NOT NULL;

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
