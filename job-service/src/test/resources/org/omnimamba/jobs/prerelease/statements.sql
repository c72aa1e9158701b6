-- Statements as the program before the first release sent them, with values in place of parameters.
-- They must go on working while its last replicas run beside the first new ones.

-- several jobs at once
WITH wanted AS MATERIALIZED (SELECT uuidv7() AS new_id, queue_now() AS at, w.*
  FROM unnest(ARRAY['inference', 'inference'], ARRAY['old', 'old'], ARRAY[0, 3], ARRAY[5, 5],
    ARRAY[0, 0]::bigint[], ARRAY[NULL, NULL]::bigint[], ARRAY['{}', '{}'], ARRAY['{}', '{}'],
    ARRAY[NULL, NULL]::int[]) WITH ORDINALITY AS w (new_kind, new_tenant,
    new_priority, most_attempts, delay, time_left, new_attributes, new_payload, most, place)),
  roomy AS MATERIALIZED (SELECT g.new_kind, g.new_tenant FROM (SELECT new_kind,
    new_tenant, min(most) AS most, count(*) AS jobs FROM wanted
    GROUP BY new_kind, new_tenant) g
    WHERE queue_has_room(g.new_kind, g.new_tenant, g.most, g.jobs)),
  placed AS (INSERT INTO queue_job (id, kind, tenant, priority, max_attempts,
    available_at, ranked_at, deadline_at, attributes, payload, created_at, updated_at)
    SELECT new_id, new_kind, new_tenant, new_priority, most_attempts,
    at + delay * interval '1 millisecond',
    at + (delay - new_priority * 60000::bigint) * interval '1 millisecond',
    at + time_left * interval '1 millisecond', new_attributes, new_payload, at, at
    FROM wanted JOIN roomy USING (new_kind, new_tenant) ORDER BY place RETURNING id)
SELECT id, place FROM placed JOIN wanted ON new_id = id;

-- one alone, and one that is started at once where nothing waits
INSERT INTO queue_job (kind, tenant, max_attempts, ranked_at, available_at, created_at, updated_at,
  payload) SELECT 'inference', 'old', 5, at, at, at, at, '{}' FROM (SELECT queue_now() AS at) clock;
SELECT id, token FROM queue_start('quiet', 'old', 0, 5, 60000, NULL, '{}', '{}', 100, 4, 'w-old',
  30000::bigint * interval '1 millisecond');

-- a claim, a heartbeat and the ends
SELECT id, token FROM queue_claim('inference', 'w-old', 3, 30000::bigint * interval '1 millisecond', 4);
UPDATE queue_job j SET lease_until = queue_now() + 30000::bigint * interval '1 millisecond'
  WHERE tenant = 'old' AND lease_until IS NOT NULL;
UPDATE queue_job SET progress_done = 1, progress_total = 2, version = version + 1,
  updated_at = queue_now() WHERE tenant = 'old' AND lease_until IS NOT NULL;
UPDATE queue_job j SET status = 'completed', result_reference = NULL, error_code = NULL,
  error_message = NULL, version = version + 1, worker = NULL, lease_until = NULL,
  updated_at = clock.at, finished_at = clock.at
  FROM (SELECT queue_now() AS at) clock WHERE tenant = 'old' AND lease_until IS NOT NULL;

-- a delivery
INSERT INTO webhook_delivery (tenant, job_id, url, event, payload, created_at)
  SELECT 'old', id, 'https://example.com/hook', 'job.completed', '{}', queue_now()
  FROM queue_job WHERE tenant = 'old' LIMIT 1;
