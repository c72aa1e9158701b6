package org.omnimamba.model.image;

import java.util.Arrays;

/**
 * Where a frame lies on its canvas.
 *
 * @param x columns left of the frame
 * @param y rows above the frame
 * @param width frame width
 * @param height frame height
 */
record FramePlacement(int x, int y, int width, int height) {

  /** The frame on a white canvas, which it must not stick out of. */
  RgbImage onCanvas(RgbImage frame, int canvasWidth, int canvasHeight) {
    if (width == canvasWidth && height == canvasHeight) {
      return frame;
    }
    byte[] canvas = new byte[3 * canvasWidth * canvasHeight];
    Arrays.fill(canvas, (byte) White.LEVEL);
    for (int row = 0; row < height; row++) {
      System.arraycopy(
          frame.shared(), 3 * row * width, canvas, 3 * ((y + row) * canvasWidth + x), 3 * width);
    }
    return RgbImage.adopt(canvasWidth, canvasHeight, canvas);
  }
}
