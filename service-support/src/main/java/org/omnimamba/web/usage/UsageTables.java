package org.omnimamba.web.usage;

import org.omnimamba.web.database.SchemaHistory;

/** The tables of usage, and the statements that add to them. */
public final class UsageTables {
  /** Their migrations, V400 to V499. Every service that has a database brings them. */
  public static final SchemaHistory HISTORY =
      new SchemaHistory(
          "usage_schema_history", "classpath:org/omnimamba/web/usage/migration", null);

  private static final String COLUMNS =
      "day, tenant, key, requests, pictures, input_tokens, cached_tokens, output_tokens";

  private static final String TO_SUMS =
      """
      ON CONFLICT (day, tenant, key) DO UPDATE SET
        requests = d.requests + excluded.requests,
        pictures = d.pictures + excluded.pictures,
        input_tokens = d.input_tokens + excluded.input_tokens,
        cached_tokens = d.cached_tokens + excluded.cached_tokens,
        output_tokens = d.output_tokens + excluded.output_tokens
      """;

  /**
   * Adds to sums what a process has collected: {@code :writer} (uuid) and {@code :sequence} (rises
   * with each addition; one that was made already adds nothing), and arrays of equal length, {@code
   * :days}, {@code :tenants}, {@code :keys}, {@code :requests}, {@code :pictures}, {@code :input},
   * {@code :cached}, {@code :output}. Rows are always locked in the order of the key.
   */
  public static final String ADD =
      """
      WITH fresh AS (
        INSERT INTO usage_writer AS w (writer, sequence) VALUES (:writer, :sequence)
        ON CONFLICT (writer) DO UPDATE SET sequence = excluded.sequence, written_at = now()
          WHERE w.sequence < excluded.sequence
        RETURNING sequence)
      INSERT INTO usage_day AS d (%s)
      SELECT u.* FROM fresh, unnest(:days::date[], :tenants::text[], :keys::text[],
        :requests::bigint[], :pictures::bigint[], :input::bigint[], :cached::bigint[],
        :output::bigint[]) AS u (%s)
      ORDER BY u.day, u.tenant, u.key
      """
              .formatted(COLUMNS, COLUMNS)
          + TO_SUMS;

  /**
   * Writes what a job used, for the transaction that ends it: {@code $1} its id, {@code $2} tenant,
   * {@code $3} key, {@code $4} pictures, {@code $5} input, {@code $6} cached, {@code $7} output
   * tokens. The day is the database's.
   */
  public static final String ADD_JOB =
      "INSERT INTO usage_of_job (job_id, %s)".formatted(COLUMNS)
          + " VALUES ($1, (now() AT TIME ZONE 'UTC')::date, $2, $3, 1, $4, $5, $6, $7)"
          + " ON CONFLICT (job_id) DO NOTHING";

  /** Moves some of what jobs used into the sums. Several processes may do so at once. */
  public static final String MOVE_JOBS =
      """
      WITH moved AS (
        DELETE FROM usage_of_job WHERE job_id IN (
          SELECT job_id FROM usage_of_job ORDER BY job_id LIMIT 5000 FOR UPDATE SKIP LOCKED)
        RETURNING %s)
      INSERT INTO usage_day AS d (%s)
      SELECT day, tenant, key, sum(requests)::bigint, sum(pictures)::bigint,
        sum(input_tokens)::bigint, sum(cached_tokens)::bigint, sum(output_tokens)::bigint
      FROM moved GROUP BY day, tenant, key ORDER BY day, tenant, key
      """
              .formatted(COLUMNS, COLUMNS)
          + TO_SUMS;

  /** Forgets processes that have added nothing for a week. */
  public static final String FORGET_WRITERS =
      "DELETE FROM usage_writer WHERE written_at < now() - interval '7 days'";

  private UsageTables() {}
}
