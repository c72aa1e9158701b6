package org.omnimamba.queue;

/** The statements of {@link JobQueue}. $1 is the job and $2 its tenant unless noted. */
final class JobSql {
  static final String GET =
      "SELECT " + JobRow.COLUMNS + " FROM queue_job WHERE id = $1 AND tenant = $2";

  static final String PAYLOAD = "SELECT payload FROM queue_job WHERE id = $1 AND tenant = $2";

  /**
   * $1 tenant, $2 kind, $3 status or null, $4 id to start below or null, $5 limit. Bounds and order
   * name all columns of the listing index, so that no other index can seem to serve.
   */
  static final String LIST =
      "SELECT "
          + JobRow.COLUMNS
          + " FROM queue_job WHERE ($3::text IS NULL OR status = $3)"
          + " AND (tenant, kind, id) >= ($1, $2, '00000000-0000-0000-0000-000000000000')"
          + " AND (tenant, kind, id)"
          + " < ($1, $2, COALESCE($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))"
          + " ORDER BY tenant DESC, kind DESC, id DESC LIMIT $5";

  static final String CANCEL =
      "UPDATE queue_job j SET"
          + " status = CASE j.status WHEN 'queued' THEN 'cancelled' ELSE 'cancelling' END,"
          + " finished_at = CASE j.status WHEN 'queued' THEN clock.at END,"
          + " version = j.version + 1, updated_at = clock.at"
          + " FROM (SELECT queue_now() AS at) clock"
          + " WHERE id = $1 AND tenant = $2 AND status IN ('queued', 'in_progress', 'cancelling')"
          + " RETURNING "
          + JobRow.COLUMNS;

  /** What {@link #CANCEL} does with a running job, which ends nothing. */
  static final String ASK_TO_STOP =
      "UPDATE queue_job SET status = 'cancelling', version = version + 1,"
          + " updated_at = queue_now()"
          + " WHERE id = $1 AND tenant = $2 AND lease_until IS NOT NULL RETURNING "
          + JobRow.COLUMNS;

  static final String DELETE =
      "DELETE FROM queue_job WHERE id = $1 AND tenant = $2"
          + " AND status IN ('completed', 'failed', 'cancelled', 'expired') RETURNING "
          + JobRow.COLUMNS;

  /** $1 kind, $2 tenant, $3 running, $4 queued. */
  static final String SET_LIMITS =
      "INSERT INTO queue_tenant (kind, tenant, max_running, max_queued)"
          + " VALUES ($1, $2, $3::int, $4::int) ON CONFLICT (kind, tenant)"
          + " DO UPDATE SET max_running = EXCLUDED.max_running, max_queued = EXCLUDED.max_queued";

  /** $1 kind. */
  static final String DEPTH =
      "SELECT (SELECT count(*) FROM queue_job WHERE kind = $1 AND status = 'queued') AS queued,"
          + " (SELECT count(*) FROM queue_job WHERE kind = $1"
          + " AND status IN ('in_progress', 'cancelling')) AS running,"
          + " GREATEST(0, EXTRACT(EPOCH FROM queue_now() - COALESCE((SELECT min(available_at)"
          + " FROM queue_job WHERE kind = $1 AND status = 'queued'), queue_now())) * 1000)::bigint"
          + " AS oldest_millis";

  private JobSql() {}
}
