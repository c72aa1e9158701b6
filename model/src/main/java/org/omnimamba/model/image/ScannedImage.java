package org.omnimamba.model.image;

/**
 * What a scanner found: the size, already within the limits, and a copy of the image that holds
 * pixels and nothing else, for the decoder.
 *
 * @param format the format, which {@code essence} still has
 * @param width width in pixels
 * @param height height in pixels
 * @param inks whether the channels are inks
 * @param placement where the decoded frame lies on the canvas
 * @param essence the bytes to decode
 * @param dataEnd where the decoder does not notice the end of its data: their length in {@code
 *     essence}, behind which filler stands; else 0
 */
record ScannedImage(
    ImageFormat format,
    int width,
    int height,
    InkModel inks,
    FramePlacement placement,
    byte[] essence,
    int dataEnd) {

  static ScannedImage whole(ImageFormat format, int width, int height, byte[] essence) {
    return whole(format, width, height, InkModel.NONE, essence);
  }

  static ScannedImage whole(
      ImageFormat format, int width, int height, InkModel inks, byte[] essence) {
    return new ScannedImage(
        format, width, height, inks, FramePlacement.whole(width, height), essence, 0);
  }

  ScannedImage endingAt(int end) {
    return new ScannedImage(format, width, height, inks, placement, essence, end);
  }

  ScannedImage on(int canvasWidth, int canvasHeight, FramePlacement place) {
    return new ScannedImage(format, canvasWidth, canvasHeight, inks, place, essence, dataEnd);
  }
}
