package org.omnimamba.training.evaluation;

import java.util.Arrays;
import org.omnimamba.model.image.Resampler;
import org.omnimamba.model.image.RgbImage;

/** A white picture on which other pictures and text are put. Needs no fonts and no display. */
final class Canvas {
  private final int width;
  private final int height;
  private final byte[] rgb;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    this.rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) 255);
  }

  /** Puts a picture, resized to a square. */
  void picture(RgbImage image, int left, int top, int side) {
    byte[] pixels = Resampler.resize(image, side, side).rgb();
    for (int y = 0; y < side; y++) {
      System.arraycopy(pixels, 3 * y * side, rgb, 3 * ((top + y) * width + left), 3 * side);
    }
  }

  /** Writes a line of text; what does not fit into {@code room} pixels is left away. */
  void text(String text, int left, int top, int room) {
    int letters = Math.min(text.length(), room / PixelFont.ADVANCE);
    PixelFont.write(
        text.substring(0, letters),
        (x, y) -> Arrays.fill(rgb, at(left + x, top + y), at(left + x, top + y) + 3, (byte) 0));
  }

  private int at(int x, int y) {
    return 3 * (y * width + x);
  }

  RgbImage image() {
    return new RgbImage(width, height, rgb);
  }
}
