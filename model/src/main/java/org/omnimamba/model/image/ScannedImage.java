package org.omnimamba.model.image;

/**
 * What a scanner found. Sizes are within the limits already.
 *
 * @param width of the canvas, before it is turned upright
 * @param height of the canvas, before it is turned upright
 * @param placement where the frame lies on the canvas
 * @param orientation how the canvas is turned upright
 * @param frame the pixels
 */
record ScannedImage(
    ImageFormat format,
    int width,
    int height,
    FramePlacement placement,
    Orientation orientation,
    Frame frame) {

  /** An image whose frame is the whole canvas. */
  static ScannedImage whole(
      ImageFormat format, int width, int height, Orientation orientation, Frame frame) {
    return new ScannedImage(
        format, width, height, new FramePlacement(0, 0, width, height), orientation, frame);
  }

  ImageHeader header() {
    return orientation.swapsSides()
        ? new ImageHeader(format, height, width)
        : new ImageHeader(format, width, height);
  }

  /** Decodes the frame, lays it on its white canvas and turns that upright. */
  RgbImage decode() {
    return orientation.upright(placement.onCanvas(frame.decode(), width, height));
  }
}
