package org.omnimamba.queue;

/** The statements of {@link QueueMaintenance}. */
final class MaintenanceSql {
  /** $1 how many. A job taken back keeps its place in the line. */
  static final String RECLAIM =
      "UPDATE queue_job j SET status = n.next, worker = NULL, lease_until = NULL,"
          + " error_code = CASE n.next WHEN 'cancelled' THEN NULL"
          + " WHEN 'expired' THEN 'deadline_exceeded' ELSE 'worker_lost' END,"
          + " error_message = CASE n.next WHEN 'cancelled' THEN NULL"
          + " WHEN 'expired' THEN 'the deadline passed while the job was running'"
          + " ELSE 'the worker that held the job was lost' END,"
          + " finished_at = CASE WHEN n.next = 'queued' THEN NULL ELSE n.at END,"
          + " version = j.version + 1, updated_at = n.at"
          + " FROM (SELECT q.id AS target, clock.at,"
          + " CASE WHEN q.status = 'cancelling' THEN 'cancelled'"
          + " WHEN q.deadline_at <= clock.at THEN 'expired'"
          + " WHEN q.attempt >= q.max_attempts THEN 'failed' ELSE 'queued' END AS next"
          + " FROM queue_job q CROSS JOIN (SELECT queue_now() AS at) clock"
          + " WHERE q.status IN ('in_progress', 'cancelling') AND q.lease_until < clock.at"
          + " LIMIT $1 FOR UPDATE OF q SKIP LOCKED) n"
          + " WHERE j.id = n.target RETURNING "
          + JobRow.COLUMNS;

  /** $1 how many. */
  static final String EXPIRE =
      "UPDATE queue_job j SET status = 'expired', error_code = 'deadline_exceeded',"
          + " error_message = 'the deadline passed while the job was waiting',"
          + " finished_at = n.at, version = j.version + 1, updated_at = n.at"
          + " FROM (SELECT q.id AS target, clock.at"
          + " FROM queue_job q CROSS JOIN (SELECT queue_now() AS at) clock"
          + " WHERE q.status = 'queued' AND q.deadline_at <= clock.at"
          + " LIMIT $1 FOR UPDATE OF q SKIP LOCKED) n"
          + " WHERE j.id = n.target RETURNING "
          + JobRow.COLUMNS;

  /** $1 milliseconds to keep, $2 how many. */
  static final String DELETE_FINISHED =
      "DELETE FROM queue_job WHERE id = ANY (ARRAY("
          + "SELECT id FROM queue_job WHERE finished_at <"
          + " (SELECT queue_now() - $1::bigint * interval '1 millisecond')"
          + " ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED))";

  /** $1 how many days ahead, today included. */
  static final String ADD_RESULT_DAYS =
      "SELECT queue_add_result_day((queue_now() AT TIME ZONE 'UTC')::date + n) AS added"
          + " FROM generate_series(0, $1::int - 1) n";

  /** $1 days to keep. */
  static final String DROP_RESULT_DAYS =
      "SELECT queue_drop_results_before((queue_now() AT TIME ZONE 'UTC')::date - $1::int)"
          + " AS dropped";

  /** $1 days to keep, $2 how many. */
  static final String DELETE_STRAY_RESULTS =
      "DELETE FROM queue_result_default WHERE ctid = ANY (ARRAY("
          + "SELECT ctid FROM queue_result_default"
          + " WHERE stored_on < (SELECT (queue_now() AT TIME ZONE 'UTC')::date - $1::int)"
          + " LIMIT $2))";

  private MaintenanceSql() {}
}
