package org.omnimamba.training.data;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what of the data cannot be used. A few damaged files among a million are passed over with
 * a warning, as the reference does; if they are many, something else is wrong, and training had
 * better not go on. Safe for use by several threads.
 */
final class UnusableData {
  private static final Logger log = LoggerFactory.getLogger(UnusableData.class);

  /** More than this share is too much. */
  private static final double MOST = 0.1;

  /** So many are looked at before there is a share to speak of. */
  private static final int ENOUGH = 50;

  private final String what;
  private long seen;
  private long unusable;

  /**
   * @param what is counted, and where it comes from, for messages
   */
  UnusableData(String what) {
    this.what = what;
  }

  synchronized void usable() {
    seen++;
  }

  /**
   * Counts one that cannot be used; warns of the 1st, 10th, 100th ...
   *
   * @throws InvalidDataException if there are too many of them
   */
  synchronized void unusable(String why) {
    seen++;
    unusable++;
    if (seen >= ENOUGH) {
      requireMostUsable(why);
    }
    if (isPowerOfTen(unusable)) {
      log.warn(
          "{}: {} of {} so far cannot be used, the last one because: {}",
          what,
          unusable,
          seen,
          why);
    }
  }

  /**
   * Checks the share when all are counted.
   *
   * @throws InvalidDataException if too many cannot be used
   */
  synchronized void requireMostUsable(String why) {
    if (unusable > MOST * seen) {
      throw new InvalidDataException(
          "%s: %d of %d cannot be used, the last one because: %s"
              .formatted(what, unusable, seen, why));
    }
  }

  synchronized long count() {
    return unusable;
  }

  private static boolean isPowerOfTen(long value) {
    long power = 1;
    while (power < value) {
      power *= 10;
    }
    return power == value;
  }
}
