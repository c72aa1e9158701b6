package org.omnimamba.model.image;

/** Transparent pixels laid on white, in Pillow's rounding. */
final class White {
  static final int LEVEL = 255;
  static final int OPAQUE = 255;

  private White() {}

  /**
   * {@code (level * alpha + 255 * (255 - alpha)) / 255}, rounded.
   *
   * @param level 0 to 255
   * @param alpha 0 to 255
   */
  static int under(int level, int alpha) {
    int sum = level * alpha + LEVEL * (OPAQUE - alpha) + 128;
    return (sum + (sum >> 8)) >> 8;
  }

  /** Lays {@code rgb} on white where {@code alpha}, one value for each pixel, lets it through. */
  static void layUnder(byte[] rgb, byte[] alpha) {
    for (int pixel = 0; pixel < alpha.length; pixel++) {
      int opacity = alpha[pixel] & 0xff;
      if (opacity != OPAQUE) {
        for (int i = 3 * pixel; i < 3 * pixel + 3; i++) {
          rgb[i] = (byte) under(rgb[i] & 0xff, opacity);
        }
      }
    }
  }
}
