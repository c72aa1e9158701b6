package org.omnimamba.model.image;

/**
 * What a scanner found: the size, already within the limits, and a copy of the image that holds
 * pixels and nothing else, for the decoder.
 *
 * @param format the format, which {@code essence} still has
 * @param width width in pixels
 * @param height height in pixels
 * @param channels colour channels of a JPEG; 0 where the format does not need it said
 * @param adobeTransform transform byte of a JPEG's Adobe segment, 0 without one
 * @param placement where the decoded frame lies on the canvas
 * @param essence the bytes to decode
 */
record ScannedImage(
    ImageFormat format,
    int width,
    int height,
    int channels,
    int adobeTransform,
    FramePlacement placement,
    byte[] essence) {

  static ScannedImage whole(ImageFormat format, int width, int height, byte[] essence) {
    return new ScannedImage(
        format, width, height, 0, 0, new FramePlacement(0, 0, width, height, 0), essence);
  }
}
