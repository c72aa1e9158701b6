package org.omnimamba.model.image;

/**
 * Where a frame lies on its canvas.
 *
 * @param x columns left of the frame
 * @param y rows above the frame
 * @param width frame width
 * @param height frame height
 * @param background colour of the canvas around the frame, {@code 0xRRGGBB}
 */
record FramePlacement(int x, int y, int width, int height, int background) {

  static FramePlacement whole(int width, int height) {
    return new FramePlacement(0, 0, width, height, 0);
  }

  boolean covers(int canvasWidth, int canvasHeight) {
    return x == 0 && y == 0 && width == canvasWidth && height == canvasHeight;
  }
}
