package org.omnimamba.gateway.usage;

import java.time.LocalDate;
import java.util.Comparator;

/**
 * Whose use, and when.
 *
 * @param day in UTC
 * @param key as logs name it
 */
record UsageLine(LocalDate day, String tenant, String key) implements Comparable<UsageLine> {
  private static final Comparator<UsageLine> ORDER =
      Comparator.comparing(UsageLine::day)
          .thenComparing(UsageLine::tenant)
          .thenComparing(UsageLine::key);

  @Override
  public int compareTo(UsageLine other) {
    return ORDER.compare(this, other);
  }
}
