package org.omnimamba.model.runtime;

/** Sizes for which functions are built; an input is padded to the next one. */
final class Buckets {
  private Buckets() {}

  /** The smallest power of two that is not less than {@code size} and {@code smallest}. */
  static int atLeast(int size, int smallest) {
    int needed = Math.max(size, smallest);
    int power = Integer.highestOneBit(needed);
    return power == needed ? power : 2 * power;
  }
}
