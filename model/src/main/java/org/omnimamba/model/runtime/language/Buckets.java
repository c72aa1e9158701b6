package org.omnimamba.model.runtime.language;

import org.omnimamba.model.kernel.tile.PowersOfTwo;

/** Sizes for which functions are built; an input is padded to the next one. */
final class Buckets {
  private static final int LEAST_SPARSE_BATCH = 8;
  private static final int LEAST_TEXT = 64;

  private Buckets() {}

  /** The smallest power of two that is not less than {@code size}. */
  static int batch(int size) {
    return PowersOfTwo.atLeast(size);
  }

  /**
   * The smallest of 1, 8, 16, 32, 64, ... that is not less than {@code size}: for rows of which
   * those that do not take part cost next to nothing, since their states are not touched.
   */
  static int sparseBatch(int size) {
    return size == 1 ? 1 : Math.max(LEAST_SPARSE_BATCH, batch(size));
  }

  /**
   * The smallest of 16, 24, 32, 48, 64, 96, ... that is not less than {@code size}: at most a third
   * of it is padding, and there are only two sizes to compile for each doubling.
   */
  static int length(int size) {
    int power = Math.max(16, batch(size));
    int between = power / 4 * 3;
    return size <= between && power > 16 ? between : power;
  }

  /**
   * The smallest of 64, 256, 1,024, ... that is not less than {@code size}: for texts, whose
   * look-up costs little, while a function that is added once others have run costs seconds.
   */
  static int text(int size) {
    int bucket = LEAST_TEXT;
    while (bucket < size) {
      bucket *= 4;
    }
    return bucket;
  }

  /**
   * The size to which a piece of a prompt is padded on an accelerator: 64, 256, and from there on
   * as {@link #length}. Up to 256 positions a piece takes little longer than one of 16, since it
   * waits for the weights, and each size has to be compiled before the first request.
   */
  static int acceleratedLength(int size) {
    if (size <= 64) {
      return 64;
    }
    return size <= 256 ? 256 : length(size);
  }
}
