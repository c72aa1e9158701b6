package org.omnimamba.queue.worker;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** How long to wait before the next attempt. */
@FunctionalInterface
public interface RetryPolicy {

  /**
   * The wait after a failed attempt.
   *
   * @param attempt which attempt failed, from 1
   * @param random where jitter comes from
   */
  Duration delay(int attempt, RandomGenerator random);

  /**
   * Doubles from {@code base} up to {@code most}; the wait is then drawn between half of that and
   * all of it, so that jobs that failed together do not return together.
   */
  static RetryPolicy exponential(Duration base, Duration most) {
    long least = base.toMillis();
    if (least < 1 || most.compareTo(base) < 0) {
      throw new IllegalArgumentException("not a range of waits: " + base + " to " + most);
    }
    return (attempt, random) -> {
      int doublings = Math.min(30, Math.max(0, attempt - 1));
      long full = Math.min(most.toMillis(), least << doublings);
      return Duration.ofMillis(full - (long) (random.nextDouble() * (full / 2)));
    };
  }

  /**
   * A fixed list of waits, the last one repeated, each lengthened by up to {@code jitter} of
   * itself.
   *
   * @param jitter from 0 (none) to 1 (up to twice as long)
   */
  static RetryPolicy schedule(List<Duration> waits, double jitter) {
    if (waits.isEmpty() || jitter < 0 || jitter > 1) {
      throw new IllegalArgumentException("a schedule needs waits and a jitter from 0 to 1");
    }
    List<Duration> fixed = List.copyOf(waits);
    return (attempt, random) -> {
      long millis = fixed.get(Math.min(fixed.size(), Math.max(1, attempt)) - 1).toMillis();
      return Duration.ofMillis(millis + (long) (random.nextDouble() * jitter * millis));
    };
  }
}
