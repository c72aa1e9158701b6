package org.omnimamba.queue;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The room in a tenant's queue.
 *
 * @param limit how many jobs may wait
 * @param retryAfter when there should be room again if there is none, at least a second
 * @param isOpen whether there is room at this moment
 */
record Room(int limit, Duration retryAfter, boolean isOpen) {
  /** $1 kind, $2 tenant, $3 the program's limit or null. */
  static final String SQL =
      "SELECT queue_room_in($1, $2) AS seconds, COALESCE((SELECT t.max_queued FROM queue_tenant t"
          + " WHERE t.kind = $1 AND t.tenant = $2), $3::int, 0) AS most,"
          // room for one job, less the 64 that this function wants to spare
          + " queue_has_room($1, $2, $3::int, 1 - 64) AS open";

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** The arguments of the statement. */
  static Object[] arguments(String kind, String tenant, @Nullable Integer maxQueued) {
    return new Object[] {kind, tenant, Statements.nullable(maxQueued, Integer.class)};
  }

  /** Reads a row of the statement. */
  static Room of(Readable row) {
    return new Room(
        JobRow.get(row, "most", Integer.class),
        retryAfter(JobRow.get(row, "seconds", Double.class)),
        JobRow.get(row, "open", Boolean.class));
  }

  private static Duration retryAfter(double seconds) {
    Duration wait = Duration.ofMillis((long) Math.min(1e9, Math.ceil(seconds * 1000)));
    if (wait.compareTo(SHORTEST_WAIT) < 0) {
      return SHORTEST_WAIT;
    }
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
