package org.omnimamba.jobs.webhook.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When the attempts of one delivery are made: at once, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14
 * h, 20 h and 24 h after the one before, as Standard Webhooks 1.0 suggests, each with up to 10 %
 * added so that receivers that failed together are not retried together.
 */
public final class RetrySchedule {
  private static final List<Duration> DELAYS =
      List.of(
          Duration.ZERO,
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30),
          Duration.ofHours(2),
          Duration.ofHours(5),
          Duration.ofHours(10),
          Duration.ofHours(14),
          Duration.ofHours(20),
          Duration.ofHours(24));

  /** How many attempts a delivery gets in all. */
  public static final int ATTEMPTS = DELAYS.size();

  /** How long the whole schedule takes, without what is added by chance: about three days. */
  public static final Duration LENGTH = DELAYS.stream().reduce(Duration.ZERO, Duration::plus);

  private static final double JITTER = 0.1;

  private final RandomGenerator random;

  public RetrySchedule(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The wait before the next attempt.
   *
   * @param made how many attempts were made already, at least one
   * @return empty when the schedule is used up
   */
  public Optional<Duration> delayAfter(int made) {
    if (made >= DELAYS.size()) {
      return Optional.empty();
    }
    Duration delay = DELAYS.get(made);
    return Optional.of(delay.plusMillis((long) (delay.toMillis() * JITTER * random.nextDouble())));
  }

  /** As {@link #delayAfter(int)}, but not before the receiver's own wish (capped at 24 h). */
  public Optional<Duration> delayAfter(int made, Duration retryAfter) {
    Duration wish =
        retryAfter.compareTo(Duration.ofHours(24)) > 0 ? Duration.ofHours(24) : retryAfter;
    return delayAfter(made).map(delay -> delay.compareTo(wish) < 0 ? wish : delay);
  }
}
