package org.omnimamba.queue.job;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job to be submitted.
 *
 * @param kind which handler it is for, 1 to 64 characters
 * @param tenant whose it is, 1 to 128 characters
 * @param payload what the handler gets, kept as given; JSON by custom
 * @param attributes a small JSON object returned with every snapshot of the job
 * @param priority 0 to 9; each point is worth one ageing step of waiting, within the tenant
 * @param delay how long after submission it may first be claimed, at most 10,000 years
 * @param deadline how long after submission it expires unless it has finished, at most 10,000
 *     years, or null
 * @param expiresAt the moment by the database's clock at which it expires, in place of {@code
 *     deadline}, or null. Kept to the microsecond; {@link JobTimes#isStorable} says which moments
 *     there are. A job that is submitted after it expires at once
 * @param maxAttempts attempts allowed, at least 1
 * @param idempotencyKey makes the submission repeatable, or null
 */
public record NewJob(
    String kind,
    String tenant,
    String payload,
    String attributes,
    int priority,
    Duration delay,
    @Nullable Duration deadline,
    @Nullable Instant expiresAt,
    int maxAttempts,
    @Nullable IdempotencyKey idempotencyKey) {

  /** Ten thousand years; the database's times end only long after. */
  private static final Duration FURTHEST = Duration.ofDays(3_652_500);

  public NewJob {
    requireLength("kind", kind, 64);
    requireLength("tenant", tenant, 128);
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(attributes, "attributes");
    if (priority < 0 || priority > 9) {
      throw new IllegalArgumentException("priority must be 0 to 9, not " + priority);
    }
    if (delay.isNegative() || delay.compareTo(FURTHEST) > 0) {
      throw new IllegalArgumentException("delay must be 0 to " + FURTHEST + ": " + delay);
    }
    checkDeadline(deadline);
    if (expiresAt != null) {
      if (deadline != null) {
        throw new IllegalArgumentException("a job has a deadline or expiresAt, not both");
      }
      expiresAt = JobTimes.requireStorable("expiresAt", expiresAt).truncatedTo(ChronoUnit.MICROS);
    }
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be at least 1, not " + maxAttempts);
    }
  }

  /**
   * Checks the time that a job is given.
   *
   * @param deadline how long from its submission, or null for no deadline
   * @throws IllegalArgumentException unless it is positive and at most 10,000 years
   */
  public static void checkDeadline(@Nullable Duration deadline) {
    if (deadline != null
        && (deadline.isNegative() || deadline.isZero() || deadline.compareTo(FURTHEST) > 0)) {
      throw new IllegalArgumentException(
          "deadline must lie ahead, at most " + FURTHEST + ": " + deadline);
    }
  }

  private static void requireLength(String name, String value, int most) {
    if (value.isEmpty() || value.length() > most) {
      throw new IllegalArgumentException(name + " must have 1 to " + most + " characters");
    }
  }

  /** Starts a job with no delay, no deadline, priority 0 and three attempts. */
  public static Builder of(String kind, String tenant, String payload) {
    return new Builder(kind, tenant, payload);
  }

  /** Collects what differs from the defaults. */
  public static final class Builder {
    private final String kind;
    private final String tenant;
    private final String payload;
    private String attributes = "{}";
    private int priority;
    private Duration delay = Duration.ZERO;
    private @Nullable Duration deadline;
    private @Nullable Instant expiresAt;
    private int maxAttempts = 3;
    private @Nullable IdempotencyKey idempotencyKey;

    private Builder(String kind, String tenant, String payload) {
      this.kind = kind;
      this.tenant = tenant;
      this.payload = payload;
    }

    public Builder attributes(String json) {
      this.attributes = json;
      return this;
    }

    public Builder priority(int value) {
      this.priority = value;
      return this;
    }

    public Builder delay(Duration value) {
      this.delay = value;
      return this;
    }

    public Builder deadline(@Nullable Duration value) {
      this.deadline = value;
      return this;
    }

    public Builder expiresAt(@Nullable Instant value) {
      this.expiresAt = value;
      return this;
    }

    public Builder maxAttempts(int value) {
      this.maxAttempts = value;
      return this;
    }

    public Builder idempotencyKey(@Nullable IdempotencyKey value) {
      this.idempotencyKey = value;
      return this;
    }

    /**
     * The job.
     *
     * @throws IllegalArgumentException when a value is out of its range
     */
    public NewJob build() {
      return new NewJob(
          kind,
          tenant,
          payload,
          attributes,
          priority,
          delay,
          deadline,
          expiresAt,
          maxAttempts,
          idempotencyKey);
    }
  }
}
