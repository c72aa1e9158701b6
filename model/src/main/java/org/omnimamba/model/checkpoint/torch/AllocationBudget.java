package org.omnimamba.model.checkpoint.torch;

/**
 * What one pickle may allocate in all: {@value #PER_BYTE} bytes for each of its own that was read,
 * on top of {@value #FLOOR}, and never more than {@value #CEILING}. State dicts take about ten
 * bytes for each. Charges are a little more than a 64-bit Java runtime takes, and nothing is given
 * back when a value is dropped.
 */
final class AllocationBudget {
  static final long PER_BYTE = 32;
  static final long FLOOR = 1L << 20;
  static final long CEILING = 96L << 20;

  private final PickleInput in;
  private final long start;
  private long spent;

  AllocationBudget(PickleInput in) {
    this.in = in;
    this.start = in.position();
  }

  /**
   * Charges bytes, before they are allocated.
   *
   * @throws IllegalArgumentException if the pickle takes more than its size warrants
   */
  void charge(long bytes) {
    spent += bytes;
    if (spent > Math.min(CEILING, FLOOR + PER_BYTE * (in.position() - start))) {
      throw new IllegalArgumentException(
          "its pickle takes more than %d times its own size of memory".formatted(PER_BYTE));
    }
  }
}
