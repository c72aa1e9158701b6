package org.omnimamba.queue;

import io.r2dbc.spi.Readable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a full line has room again. */
final class Room {
  /** $1 kind, $2 tenant, $3 the program's limit or null. */
  static final String SQL =
      "SELECT queue_room_in($1, $2) AS seconds, COALESCE((SELECT t.max_queued FROM queue_tenant t"
          + " WHERE t.kind = $1 AND t.tenant = $2), $3::int, 0) AS most";

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private Room() {}

  /** The arguments of the statement. */
  static Object[] arguments(String kind, String tenant, @Nullable Integer maxQueued) {
    return new Object[] {kind, tenant, Db.nullable(maxQueued, Integer.class)};
  }

  /** How many jobs may wait. */
  static int limit(Readable row) {
    return JobRow.get(row, "most", Integer.class);
  }

  /** When there should be room again, at least a second. */
  static Duration wait(Readable row) {
    double seconds = JobRow.get(row, "seconds", Double.class);
    Duration wait = Duration.ofMillis((long) Math.min(1e9, Math.ceil(seconds * 1000)));
    if (wait.compareTo(SHORTEST_WAIT) < 0) {
      return SHORTEST_WAIT;
    }
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }
}
