package org.omnimamba.queue;

/** The statements of {@link JobLeases}. In all but the claim $1 is the job and $2 its token. */
final class LeaseSql {
  /**
   * The status is that of a running job. Said through the lease, which is the same by a constraint:
   * naming the statuses would offer the planner the index of running jobs in place of the key.
   */
  private static final String HELD = " AND lease_until IS NOT NULL";

  private static final String LET_GO =
      " version = j.version + 1, worker = NULL, lease_until = NULL, updated_at = n.at,"
          + " finished_at = CASE WHEN n.next = 'queued' THEN NULL ELSE n.at END";

  static final String CLAIM =
      "SELECT "
          + JobRow.CLAIM_COLUMNS
          + " FROM queue_claim($1, $2, $3, $4::bigint * interval '1 millisecond', $5)";

  static final String HEARTBEAT =
      "UPDATE queue_job j SET lease_until = queue_now() + $3::bigint * interval '1 millisecond'"
          + " FROM unnest($1::uuid[], $2::bigint[]) AS held (job, claim)"
          + " WHERE j.id = held.job AND j.token = held.claim"
          + HELD
          + " RETURNING j.id, j.token, j.status = 'cancelling' AS cancelling";

  static final String PROGRESS =
      "UPDATE queue_job SET progress_done = $3, progress_total = $4, progress_detail = $5,"
          + " version = version + 1, updated_at = queue_now()"
          + " WHERE id = $1 AND token = $2"
          + HELD
          + " RETURNING "
          + JobRow.COLUMNS;

  /** A job past its deadline does not complete any more; it expires. */
  private static final String IN_TIME = " AND (j.deadline_at IS NULL OR j.deadline_at > clock.at)";

  private static final String TOO_LATE = "'the deadline passed while the job was running'";

  static final String COMPLETE =
      "UPDATE queue_job j SET status = 'completed', result_reference = $3, error_code = NULL,"
          + " error_message = NULL, version = version + 1, worker = NULL, lease_until = NULL,"
          + " updated_at = clock.at, finished_at = clock.at"
          + " FROM (SELECT queue_now() AS at) clock"
          + " WHERE id = $1 AND token = $2"
          + HELD
          + IN_TIME
          + " RETURNING "
          + JobRow.COLUMNS;

  /** $1 jobs, $2 their tokens, $3 their result references. */
  static final String COMPLETE_ALL =
      "UPDATE queue_job j SET status = 'completed', result_reference = done.reference,"
          + " error_code = NULL, error_message = NULL, version = version + 1, worker = NULL,"
          + " lease_until = NULL, updated_at = clock.at, finished_at = clock.at"
          + " FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS done (job, claim, reference)"
          + " CROSS JOIN (SELECT queue_now() AS at) clock"
          + " WHERE id = done.job AND token = done.claim"
          + HELD
          + IN_TIME
          + " RETURNING "
          + JobRow.COLUMNS;

  static final String COMPLETED_BEFORE =
      "SELECT "
          + JobRow.COLUMNS
          + " FROM queue_job WHERE id = $1 AND token = $2 AND status = 'completed'";

  /** $5 the wait and $6 the ageing step, both in milliseconds. */
  private static final String AGAIN_LATER =
      " error_code = CASE WHEN n.next = 'expired' THEN 'deadline_exceeded' ELSE $3 END,"
          + " error_message = CASE WHEN n.next = 'expired' THEN "
          + TOO_LATE
          + " ELSE $4 END,"
          + " available_at = CASE WHEN n.next = 'queued' THEN n.again ELSE j.available_at END,"
          + " ranked_at = CASE WHEN n.next = 'queued'"
          + " THEN n.again - j.priority * $6::bigint * interval '1 millisecond'"
          + " ELSE j.ranked_at END,";

  static final String FAIL =
      "UPDATE queue_job j SET status = n.next,"
          + AGAIN_LATER
          + LET_GO
          + " FROM (SELECT q.id AS target, clock.at,"
          + " clock.at + $5::bigint * interval '1 millisecond' AS again,"
          + " CASE WHEN q.status = 'cancelling' THEN 'cancelled'"
          + " WHEN q.deadline_at <= clock.at THEN 'expired'"
          + " WHEN q.attempt < q.max_attempts AND $5::bigint IS NOT NULL AND (q.deadline_at IS NULL"
          + " OR q.deadline_at > clock.at + $5::bigint * interval '1 millisecond') THEN 'queued'"
          + " ELSE 'failed' END AS next"
          + held()
          + " WHERE j.id = n.target RETURNING "
          + JobRow.COLUMNS;

  static final GivingBack POSTPONE =
      new GivingBack(
          "UPDATE queue_job j SET status = n.next, attempt = j.attempt - 1,"
              + AGAIN_LATER
              + LET_GO
              + " FROM (SELECT q.id AS target, clock.at,"
              + " clock.at + $5::bigint * interval '1 millisecond' AS again,"
              + " CASE WHEN q.status = 'cancelling' THEN 'cancelled' ELSE 'queued' END AS next"
              + held());

  static final String CANCELLED =
      "UPDATE queue_job j SET status = 'cancelled',"
          + LET_GO
          + " FROM (SELECT q.id AS target, clock.at, 'cancelled' AS next"
          + held()
          + " WHERE j.id = n.target AND j.status = 'cancelling' RETURNING "
          + JobRow.COLUMNS;

  static final String EXPIRED =
      "UPDATE queue_job j SET status = 'expired', error_code = $3,"
          + " error_message = "
          + TOO_LATE
          + ","
          + LET_GO
          + " FROM (SELECT q.id AS target, clock.at, 'expired' AS next"
          + held()
          + " WHERE j.id = n.target AND j.deadline_at <= n.at RETURNING "
          + JobRow.COLUMNS;

  static final GivingBack RELEASE =
      new GivingBack(
          "UPDATE queue_job j SET status = n.next, attempt = j.attempt - 1,"
              + LET_GO
              + " FROM (SELECT q.id AS target, clock.at,"
              + " CASE WHEN q.status = 'cancelling' THEN 'cancelled' ELSE 'queued' END AS next"
              + held());

  private LeaseSql() {}

  /**
   * Queues a running job again, or cancels it if it was asked to stop.
   *
   * @param update up to and with the locked row {@code n}
   */
  record GivingBack(String update) {
    /** The whole statement, which may end the job. */
    String whateverItsStatus() {
      return update + " WHERE j.id = n.target RETURNING " + JobRow.COLUMNS;
    }

    /** The statement for a job that was not asked to stop: it ends no job. */
    String unlessAskedToStop() {
      return update
          + " WHERE j.id = n.target AND j.status = 'in_progress' RETURNING "
          + JobRow.COLUMNS;
    }
  }

  /** Locks the claimed row, so that the next status is decided from what the row really holds. */
  private static String held() {
    return " FROM queue_job q CROSS JOIN (SELECT queue_now() AS at) clock"
        + " WHERE q.id = $1 AND q.token = $2 AND q.lease_until IS NOT NULL"
        + " FOR UPDATE OF q) n";
  }
}
