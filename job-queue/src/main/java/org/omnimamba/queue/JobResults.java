package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.StoredResult;
import reactor.core.publisher.Mono;

/**
 * Results kept in PostgreSQL, in a table of their own with one partition a day.
 *
 * <p>A reference names the day and the job, {@code pg:2026-11-23:<id>}, so that reading touches one
 * partition.
 */
public final class JobResults {
  private static final String PREFIX = "pg:";

  private static final String INSERT =
      "INSERT INTO queue_result (stored_on, job_id, name, content_type, body)"
          + " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (stored_on, job_id, name)"
          + " DO UPDATE SET content_type = EXCLUDED.content_type, body = EXCLUDED.body";

  private static final String SELECT =
      "SELECT content_type, body FROM queue_result"
          + " WHERE stored_on = $1 AND job_id = $2 AND name = $3";

  private static final String DELETE =
      "DELETE FROM queue_result WHERE stored_on BETWEEN $1 AND $2 AND job_id = $3";

  private final Db db;

  /** Results in the database of that queue. */
  public JobResults(JobQueue queue) {
    this.db = queue.db();
  }

  /** The reference under which a claimed job's results are stored and found. */
  public static String reference(ClaimedJob claim) {
    return PREFIX + day(claim.job().times().updated()) + ":" + claim.job().id();
  }

  /** Whether a reference is one of this class's. */
  public static boolean isReference(String reference) {
    return reference.startsWith(PREFIX);
  }

  /**
   * Stores a result in the transaction that completes the job.
   *
   * @param reference from {@link #reference}
   * @param name which of the job's results, 1 to 64 characters
   */
  public static Mono<Void> writeIn(
      Connection connection, String reference, String name, StoredResult result) {
    Location at = Location.parse(reference);
    return Statements.update(
            connection,
            INSERT,
            at.day(),
            at.id(),
            name,
            result.contentType(),
            ByteBuffer.wrap(result.body()))
        .then();
  }

  /** Reads a result; empty when it is not there or has been cleared away. */
  public Mono<StoredResult> read(String reference, String name) {
    Location at = Location.parse(reference);
    return db.query(
            row ->
                new StoredResult(
                    JobRow.get(row, "content_type", String.class),
                    JobRow.get(row, "body", byte[].class)),
            SELECT,
            at.day(),
            at.id(),
            name)
        .next();
  }

  /** Removes whatever a job that has ended stored. */
  static Mono<Void> deleteIn(Connection connection, Job job) {
    Instant end = job.times().updated();
    return Statements.update(connection, DELETE, day(job.times().created()), day(end), job.id())
        .then();
  }

  private static LocalDate day(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC);
  }

  private record Location(LocalDate day, UUID id) {
    static Location parse(String reference) {
      String[] parts = reference.split(":", -1);
      if (parts.length == 3 && isReference(reference)) {
        try {
          return new Location(LocalDate.parse(parts[1]), UUID.fromString(parts[2]));
        } catch (DateTimeParseException | IllegalArgumentException e) {
          throw new IllegalArgumentException("not a result reference: " + reference, e);
        }
      }
      throw new IllegalArgumentException("not a result reference: " + reference);
    }
  }
}
