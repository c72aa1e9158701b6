package org.omnimamba.queue;

import org.jspecify.annotations.Nullable;

/** The statements of {@link QueueMaintenance}. */
final class MaintenanceSql {
  /** Where a job goes whose lease has run out. */
  private static final String NEXT =
      "CASE WHEN j.status = 'cancelling' THEN 'cancelled'"
          + " WHEN j.deadline_at <= clock.at THEN 'expired'"
          + " WHEN j.attempt >= j.max_attempts THEN 'failed' ELSE 'queued' END";

  /** $1 how many, $2 jobs to leave alone. A job that is taken back keeps its rank. */
  static final String RECLAIM =
      "UPDATE queue_job j SET worker = NULL, lease_until = NULL, status = "
          + NEXT
          + ", error_code = CASE "
          + NEXT
          + " WHEN 'cancelled' THEN NULL WHEN 'expired' THEN 'deadline_exceeded'"
          + " ELSE 'worker_lost' END, error_message = CASE "
          + NEXT
          + " WHEN 'cancelled' THEN NULL"
          + " WHEN 'expired' THEN 'the deadline passed while the job was running'"
          + " ELSE 'the worker that held the job was lost' END, finished_at = CASE "
          + NEXT
          + " WHEN 'queued' THEN NULL ELSE clock.at END,"
          + " version = j.version + 1, updated_at = clock.at"
          + " FROM (SELECT queue_now() AS at) clock WHERE j.id = ANY (ARRAY("
          + "SELECT q.id FROM queue_job q WHERE q.status IN ('in_progress', 'cancelling')"
          + " AND q.lease_until < (SELECT queue_now()) AND q.id <> ALL ($2::uuid[])"
          + " LIMIT $1 FOR UPDATE SKIP LOCKED))"
          + " RETURNING "
          + JobRow.COLUMNS;

  /** $1 how many, $2 jobs to leave alone. */
  static final String EXPIRE =
      "UPDATE queue_job j SET status = 'expired', error_code = 'deadline_exceeded',"
          + " error_message = 'the deadline passed while the job was waiting',"
          + " finished_at = clock.at, version = j.version + 1, updated_at = clock.at"
          + " FROM (SELECT queue_now() AS at) clock WHERE j.id = ANY (ARRAY("
          + "SELECT q.id FROM queue_job q WHERE q.status = 'queued'"
          + " AND q.deadline_at <= (SELECT queue_now()) AND q.id <> ALL ($2::uuid[])"
          + " ORDER BY q.deadline_at"
          + " LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING "
          + JobRow.COLUMNS;

  static final String NOW = "SELECT queue_now() AS at";

  /**
   * For a clock that was set back. What was written before has times that are still to come: jobs
   * that wait would wait for as long as the clock was set back, be overtaken meanwhile, and leases
   * of lost workers would hold on. Such jobs get ranks one microsecond apart, in their old order,
   * from $1 milliseconds ago on, when the clock was still right; a wait between two attempts begins
   * anew; a lease holds for no more than $2 milliseconds from now. Deadlines are moments that
   * people name, so they stay. Doing it twice changes nothing more.
   */
  static final String MEND_CLOCK =
      "WITH clock AS MATERIALIZED (SELECT queue_now() AS at),"
          + " ahead AS MATERIALIZED (SELECT j.id, j.ranked_at, j.updated_at FROM queue_job j"
          + " WHERE j.status IN ('queued', 'in_progress', 'cancelling')"
          + " AND j.updated_at > (SELECT at FROM clock) FOR UPDATE SKIP LOCKED),"
          + " placed AS (SELECT id, clock.at, updated_at - (clock.at"
          + " - $1::bigint * interval '1 millisecond'"
          + " + row_number() OVER (ORDER BY ranked_at, id) * interval '1 microsecond') AS shift"
          + " FROM ahead CROSS JOIN clock)"
          + " UPDATE queue_job j SET updated_at = j.updated_at - p.shift,"
          + " available_at = j.available_at - p.shift, ranked_at = j.ranked_at - p.shift,"
          + " lease_until = CASE WHEN j.lease_until IS NOT NULL THEN LEAST(j.lease_until,"
          + " p.at + $2::bigint * interval '1 millisecond') END"
          + " FROM placed p WHERE j.id = p.id";

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

  /** $1 milliseconds to keep, $2 how many. */
  static String deleteFinished(@Nullable String keepIf) {
    return "DELETE FROM queue_job WHERE id = ANY (ARRAY("
        + "SELECT j.id FROM queue_job j WHERE j.finished_at <"
        + " (SELECT queue_now() - $1::bigint * interval '1 millisecond')"
        + (keepIf == null ? "" : " AND (" + keepIf + ") IS NOT TRUE")
        + " ORDER BY j.finished_at LIMIT $2 FOR UPDATE OF j SKIP LOCKED))";
  }
}
