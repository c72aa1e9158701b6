package org.omnimamba.model.image;

/**
 * The pixels of a JPEG.
 *
 * @param essence a JPEG without application segments
 * @param colours what its channels hold
 */
record JpegFrame(byte[] essence, int width, int height, JpegColours colours) implements Frame {

  /** The raster is read as stored: the runtime guesses colours by other rules than libjpeg. */
  @Override
  public RgbImage decode() {
    return PixelReader.read(
        ImageFormat.JPEG,
        essence,
        width,
        height,
        reader -> JpegConverter.toRgb(reader.readRaster(0, null), colours));
  }
}
