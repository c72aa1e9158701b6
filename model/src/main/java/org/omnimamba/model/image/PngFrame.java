package org.omnimamba.model.image;

/**
 * The pixels of a PNG.
 *
 * @param essence a PNG of nothing but header, palette and data
 * @param transparency what the left-out tRNS chunk said
 */
record PngFrame(byte[] essence, int width, int height, PngTransparency transparency)
    implements Frame {

  @Override
  public RgbImage decode() {
    return PixelReader.read(
        ImageFormat.PNG,
        essence,
        width,
        height,
        reader -> RgbConverter.toRgb(reader.read(0), transparency));
  }
}
