-- What was used: sums by day (UTC), tenant and key. Whoever counts adds to them.
CREATE TABLE usage_day (
  day           date   NOT NULL,
  tenant        text   NOT NULL,
  key           text   NOT NULL,
  requests      bigint NOT NULL,
  pictures      bigint NOT NULL,
  input_tokens  bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  PRIMARY KEY (day, tenant, key)
) WITH (fillfactor = 70);

CREATE INDEX usage_day_of_tenant ON usage_day (tenant, day);

-- What each job used, written in the transaction that ends it and moved into the sums soon after. A row of its own,
-- so that jobs which end at the same time do not wait for one another.
CREATE TABLE usage_of_job (
  job_id        uuid   PRIMARY KEY,
  day           date   NOT NULL,
  tenant        text   NOT NULL,
  key           text   NOT NULL,
  requests      bigint NOT NULL,
  pictures      bigint NOT NULL,
  input_tokens  bigint NOT NULL,
  cached_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- The last addition of each process that collects in its memory: one that is repeated, because its answer was lost,
-- adds nothing.
CREATE TABLE usage_writer (
  writer     uuid        PRIMARY KEY,
  sequence   bigint      NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);

CREATE VIEW usage_counted AS
  SELECT day, tenant, key, requests, pictures, input_tokens, cached_tokens, output_tokens FROM usage_day
  UNION ALL
  SELECT day, tenant, key, requests, pictures, input_tokens, cached_tokens, output_tokens FROM usage_of_job;
