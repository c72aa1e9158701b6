package org.omnimamba.model.image.vp8;

/** The inverse transforms (RFC 6386, section 14). */
final class Transforms {
  private Transforms() {}

  /** Spreads 16 second-order coefficients to the DC places of 16 luma blocks. */
  static void inverseWalshHadamard(int[] in, int[] coefficients) {
    int[] rows = new int[16];
    for (int i = 0; i < 4; i++) {
      int a0 = in[i] + in[12 + i];
      int a1 = in[4 + i] + in[8 + i];
      int a2 = in[4 + i] - in[8 + i];
      int a3 = in[i] - in[12 + i];
      rows[i] = a0 + a1;
      rows[4 + i] = a3 + a2;
      rows[8 + i] = a0 - a1;
      rows[12 + i] = a3 - a2;
    }
    for (int i = 0; i < 4; i++) {
      int dc = rows[4 * i] + 3;
      int a0 = dc + rows[4 * i + 3];
      int a1 = rows[4 * i + 1] + rows[4 * i + 2];
      int a2 = rows[4 * i + 1] - rows[4 * i + 2];
      int a3 = dc - rows[4 * i + 3];
      int at = 4 * i * Macroblock.BLOCK;
      coefficients[at] = (a0 + a1) >> 3;
      coefficients[at + Macroblock.BLOCK] = (a3 + a2) >> 3;
      coefficients[at + 2 * Macroblock.BLOCK] = (a0 - a1) >> 3;
      coefficients[at + 3 * Macroblock.BLOCK] = (a3 - a2) >> 3;
    }
  }

  /**
   * Adds the inverse cosine transform of a block to the 4 x 4 samples from {@code to} on.
   *
   * @param from of the block's coefficients
   */
  static void addInverseCosine(int[] coefficients, int from, Plane plane, int to) {
    int[] columns = new int[16];
    for (int i = 0; i < 4; i++) {
      int in = from + i;
      int a = coefficients[in] + coefficients[in + 8];
      int b = coefficients[in] - coefficients[in + 8];
      int c = sine(coefficients[in + 4]) - cosine(coefficients[in + 12]);
      int d = cosine(coefficients[in + 4]) + sine(coefficients[in + 12]);
      columns[4 * i] = a + d;
      columns[4 * i + 1] = b + c;
      columns[4 * i + 2] = b - c;
      columns[4 * i + 3] = a - d;
    }
    for (int i = 0; i < 4; i++) {
      int dc = columns[i] + 4;
      int a = dc + columns[8 + i];
      int b = dc - columns[8 + i];
      int c = sine(columns[4 + i]) - cosine(columns[12 + i]);
      int d = cosine(columns[4 + i]) + sine(columns[12 + i]);
      int row = to + i * plane.stride;
      add(plane.samples, row, (a + d) >> 3);
      add(plane.samples, row + 1, (b + c) >> 3);
      add(plane.samples, row + 2, (b - c) >> 3);
      add(plane.samples, row + 3, (a - d) >> 3);
    }
  }

  /** Times sqrt(2) cos(pi / 8). */
  private static int cosine(int value) {
    return value + (value * 20091 >> 16);
  }

  /** Times sqrt(2) sin(pi / 8). */
  private static int sine(int value) {
    return value * 35468 >> 16;
  }

  private static void add(byte[] samples, int at, int difference) {
    samples[at] = (byte) clamp((samples[at] & 0xff) + difference);
  }

  static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
