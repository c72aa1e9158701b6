package org.omnimamba.queue.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When things happened to a job, all by the database's clock.
 *
 * @param created when it was submitted
 * @param available from when it may be claimed; later than {@code created} for a delayed or retried
 *     job
 * @param started when its first attempt was claimed
 * @param updated when its row last changed
 * @param finished when it reached a terminal status
 * @param deadline when it expires unless it has finished, or null for never
 */
public record JobTimes(
    Instant created,
    Instant available,
    @Nullable Instant started,
    Instant updated,
    @Nullable Instant finished,
    @Nullable Instant deadline) {

  /** The first moment that a filter or a deadline may name: the beginning of the year 1. */
  public static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  /** The first moment after those that a filter or a deadline may name: RFC 3339 ends before it. */
  public static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  /** Whether the queue can be given this moment: the years 1 to 9999. */
  public static boolean isStorable(Instant moment) {
    return !moment.isBefore(EARLIEST) && moment.isBefore(END);
  }

  /**
   * The moment itself.
   *
   * @throws IllegalArgumentException when it lies outside of the years 1 to 9999
   */
  static Instant requireStorable(String name, Instant moment) {
    if (!isStorable(moment)) {
      throw new IllegalArgumentException(
          name + " must lie in the years 1 to 9999, not at " + moment);
    }
    return moment;
  }
}
