package org.omnimamba.model.config;

/**
 * Bounds of what a configuration may ask for. They are far beyond any model, and keep a damaged
 * file from asking for more memory than a computer has.
 */
final class Limits {
  /** Of a width: model, head, tower, channels. */
  static final int WIDTH = 1 << 16;

  /** Of a number of blocks after one another. */
  static final int DEPTH = 1 << 10;

  /** Of a number of rows: vocabularies, positions, codes. */
  static final int ROWS = 1 << 24;

  /** Of a small factor. */
  static final int FACTOR = 1 << 8;

  private Limits() {}

  /**
   * @throws InvalidConfigException unless {@code min <= value <= max}; the message names the
   *     setting
   */
  static void check(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new InvalidConfigException(
          "%s is %d; it must be from %d to %d".formatted(name, value, min, max));
    }
  }

  /**
   * @throws InvalidConfigException unless the number is finite and more than zero
   */
  static void positive(String name, float value) {
    if (!(value > 0) || Float.isInfinite(value)) {
      throw new InvalidConfigException("%s is %s; it must be positive".formatted(name, value));
    }
  }
}
