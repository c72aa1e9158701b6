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
