package org.omnimamba.queue;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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

  static Job job(Readable row) {
    return new Job(
        get(row, "id", UUID.class),
        get(row, "kind", String.class),
        get(row, "tenant", String.class),
        JobStatus.ofWireName(get(row, "status", String.class)),
        get(row, "version", Long.class),
        get(row, "priority", Integer.class),
        get(row, "attempt", Integer.class),
        get(row, "max_attempts", Integer.class),
        new Progress(
            get(row, "progress_done", Long.class),
            get(row, "progress_total", Long.class),
            row.get("progress_detail", String.class)),
        row.get("result_reference", String.class),
        error(row),
        row.get("idempotency_key", String.class),
        get(row, "attributes", String.class),
        new JobTimes(
            get(row, "created_at", Instant.class),
            get(row, "available_at", Instant.class),
            row.get("started_at", Instant.class),
            get(row, "updated_at", Instant.class),
            row.get("finished_at", Instant.class),
            row.get("deadline_at", Instant.class)));
  }

  static ClaimedJob claimed(Readable row, Duration lease) {
    Long millisLeft = row.get("millis_left", Long.class);
    return new ClaimedJob(
        job(row),
        get(row, "payload", String.class),
        get(row, "token", Long.class),
        lease,
        millisLeft == null ? null : Duration.ofMillis(Math.max(0, millisLeft)));
  }

  private static @Nullable JobError error(Readable row) {
    String code = row.get("error_code", String.class);
    String message = row.get("error_message", String.class);
    return code == null ? null : new JobError(code, message == null ? "" : message);
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
