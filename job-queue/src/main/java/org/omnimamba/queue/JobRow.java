package org.omnimamba.queue;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.JobTimes;
import org.omnimamba.queue.job.Progress;

/** Reads rows of {@code queue_job}. */
final class JobRow {
  /** The columns of {@link #job}; the payload is left out on purpose. */
  static final String COLUMNS =
      "id, kind, tenant, status, version, priority, attempt, max_attempts, progress_done,"
          + " progress_total, progress_detail, result_reference, error_code, error_message,"
          + " idempotency_key, attributes, created_at, available_at, started_at, updated_at,"
          + " finished_at, deadline_at";

  /** The columns of {@link #claimed}. */
  static final String CLAIM_COLUMNS =
      COLUMNS
          + ", payload, token,"
          + " (EXTRACT(EPOCH FROM deadline_at - queue_now()) * 1000)::bigint AS millis_left";

  private JobRow() {}

  /** By position, since looking a column up by its name costs more than reading it. */
  static Job job(Readable row) {
    return new Job(
        at(row, 0, UUID.class),
        at(row, 1, String.class),
        at(row, 2, String.class),
        JobStatus.ofWireName(at(row, 3, String.class)),
        at(row, 4, Long.class),
        at(row, 5, Integer.class),
        at(row, 6, Integer.class),
        at(row, 7, Integer.class),
        progress(row),
        row.get(11, String.class),
        error(row),
        row.get(14, String.class),
        at(row, 15, String.class),
        new JobTimes(
            at(row, 16, Instant.class),
            at(row, 17, Instant.class),
            row.get(18, Instant.class),
            at(row, 19, Instant.class),
            row.get(20, Instant.class),
            row.get(21, Instant.class)));
  }

  static ClaimedJob claimed(Readable row, Duration lease) {
    Long millisLeft = row.get(24, Long.class);
    return new ClaimedJob(
        job(row),
        at(row, 22, String.class),
        at(row, 23, Long.class),
        lease,
        millisLeft == null ? null : Duration.ofMillis(Math.max(0, millisLeft)));
  }

  private static Progress progress(Readable row) {
    long done = at(row, 8, Long.class);
    long total = at(row, 9, Long.class);
    String detail = row.get(10, String.class);
    return done == 0 && total == 0 && detail == null
        ? Progress.NONE
        : new Progress(done, total, detail);
  }

  private static @Nullable JobError error(Readable row) {
    String code = row.get(12, String.class);
    String message = row.get(13, String.class);
    return code == null ? null : new JobError(code, message == null ? "" : message);
  }

  private static <T> T at(Readable row, int column, Class<T> type) {
    T value = row.get(column, type);
    if (value == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return value;
  }

  /** A column that is never null. */
  static <T> T get(Readable row, String column, Class<T> type) {
    T value = row.get(column, type);
    if (value == null) {
      throw new IllegalStateException("column " + column + " is null");
    }
    return value;
  }
}
