package org.omnimamba.hub.http;

import java.time.Duration;

/**
 * How often something is tried, and how long the pauses are.
 *
 * @param attempts tries in a row without any progress
 * @param unreachable the same where nobody answers at all
 * @param first pause; each is twice the one before
 * @param longest pause
 * @param longestAsked pause that a server may ask for
 */
public record RetryPolicy(
    int attempts, int unreachable, Duration first, Duration longest, Duration longestAsked) {

  public static final RetryPolicy DEFAULT =
      new RetryPolicy(8, 3, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(5));

  /** One try. */
  public RetryPolicy once() {
    return new RetryPolicy(1, 1, first, longest, longestAsked);
  }

  Duration pauseAfter(int failures) {
    Duration pause = first.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(longest) > 0 ? longest : pause;
  }
}
