package org.omnimamba.model.kernel.tile;

/** What Triton demands of instructions. */
final class Demands {
  private Demands() {}

  /**
   * @throws IllegalStateException if the condition does not hold
   */
  static void that(boolean condition, String otherwise, Object... values) {
    if (!condition) {
      throw new IllegalStateException(otherwise.formatted(values));
    }
  }
}
