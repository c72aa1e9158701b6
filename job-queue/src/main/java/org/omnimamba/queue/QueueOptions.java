package org.omnimamba.queue;

import java.time.Duration;
import java.util.Map;
import org.omnimamba.queue.job.TenantLimits;

/**
 * Settings that every program on one queue should share.
 *
 * @param lease how long a claim holds without a heartbeat
 * @param ageingStep the waiting time that one point of priority is worth
 * @param limits the default limits of a tenant, by kind; a kind without an entry has none
 */
public record QueueOptions(Duration lease, Duration ageingStep, Map<String, TenantLimits> limits) {

  /** A lease of 30 s, an ageing step of one minute, no limits. */
  public static final QueueOptions DEFAULTS =
      new QueueOptions(Duration.ofSeconds(30), Duration.ofMinutes(1), Map.of());

  public QueueOptions {
    if (lease.toMillis() < 300) {
      throw new IllegalArgumentException("a lease lasts at least 300 ms, not " + lease);
    }
    if (ageingStep.isNegative()) {
      throw new IllegalArgumentException("ageingStep must not be negative: " + ageingStep);
    }
    limits = Map.copyOf(limits);
  }

  /** These options with another lease. */
  public QueueOptions withLease(Duration value) {
    return new QueueOptions(value, ageingStep, limits);
  }

  /** These options with other limits. */
  public QueueOptions withLimits(Map<String, TenantLimits> value) {
    return new QueueOptions(lease, ageingStep, value);
  }

  TenantLimits limitsOf(String kind) {
    return limits.getOrDefault(kind, TenantLimits.NONE);
  }
}
