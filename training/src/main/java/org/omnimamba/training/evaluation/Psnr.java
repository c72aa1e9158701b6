package org.omnimamba.training.evaluation;

import java.nio.ByteBuffer;
import org.omnimamba.model.image.RgbImage;

/** Peak signal-to-noise ratio. */
final class Psnr {
  private static final double PEAK = 255;

  private Psnr() {}

  /**
   * Over all channels, in decibel; infinite for equal pictures.
   *
   * @throws IllegalArgumentException if the pictures differ in size
   */
  static double of(RgbImage one, RgbImage other) {
    if (one.width() != other.width() || one.height() != other.height()) {
      throw new IllegalArgumentException("%s and %s differ in size".formatted(one, other));
    }
    ByteBuffer a = one.buffer();
    ByteBuffer b = other.buffer();
    long squares = 0;
    for (int i = 0; i < a.limit(); i++) {
      int difference = (a.get(i) & 0xff) - (b.get(i) & 0xff);
      squares += (long) difference * difference;
    }
    return 10 * Math.log10(PEAK * PEAK * a.limit() / squares);
  }
}
