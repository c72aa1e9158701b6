-- Ids that sort by when they were made: UUIDs of version 7 (RFC 9562). PostgreSQL makes them itself
-- from version 18 on. On 16 and 17 they are made here in the same layout: 48 bits of milliseconds,
-- the version, 12 bits for the fraction of the millisecond, the variant, then 62 bits. The first 14 of
-- these count, so that ids of one microsecond keep their order; the last 48 are random.
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 180000 THEN
        CREATE FUNCTION queue_uuidv7() RETURNS uuid
            LANGUAGE sql VOLATILE PARALLEL SAFE
            RETURN uuidv7();
        RETURN;
    END IF;
    CREATE SEQUENCE queue_uuid_count MINVALUE 0 MAXVALUE 16383 CYCLE;
    CREATE FUNCTION queue_uuidv7() RETURNS uuid
        LANGUAGE plpgsql VOLATILE
    AS $body$
    DECLARE
        v_micros bigint := EXTRACT(EPOCH FROM clock_timestamp()) * 1000000;
    BEGIN
        RETURN encode(
            int8send(((v_micros / 1000) << 16) | (7 << 12) | ((v_micros % 1000) * 4096 / 1000))
            || substring(int8send((2 << 14) | nextval('queue_uuid_count')) FROM 7)
            || substring(uuid_send(gen_random_uuid()) FROM 11),
            'hex')::uuid;
    END
    $body$;
END
$$;

ALTER TABLE queue_job ALTER COLUMN id SET DEFAULT queue_uuidv7();
