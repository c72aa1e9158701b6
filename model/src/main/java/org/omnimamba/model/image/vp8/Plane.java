package org.omnimamba.model.image.vp8;

/**
 * Samples of one component, whole macroblocks wide and high, with the border that prediction reads:
 * a row of 127 above (and past its right end), a column of 129 at the left.
 */
final class Plane {
  private static final int LEFT_BORDER = 1;
  private static final int RIGHT_BORDER = 4;
  private static final byte ABOVE = 127;
  private static final byte LEFT = (byte) 129;

  final byte[] samples;
  final int stride;

  Plane(int width, int height) {
    stride = LEFT_BORDER + width + RIGHT_BORDER;
    samples = new byte[stride * (height + 1)];
    java.util.Arrays.fill(samples, 0, stride, ABOVE);
    for (int y = 0; y < height; y++) {
      samples[at(-1, y)] = LEFT;
    }
  }

  /** Index of a sample; -1 is the border. */
  int at(int x, int y) {
    return (y + 1) * stride + LEFT_BORDER + x;
  }
}
