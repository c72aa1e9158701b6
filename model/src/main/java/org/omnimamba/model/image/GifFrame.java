package org.omnimamba.model.image;

/**
 * The first frame of a GIF.
 *
 * @param in the whole file
 * @param data position of the LZW data
 * @param interlaced whether rows come in four passes
 * @param palette {@code [256, 3]}
 * @param transparent index of the colour that is transparent, or -1
 */
record GifFrame(
    ByteReader in,
    int data,
    int width,
    int height,
    boolean interlaced,
    byte[] palette,
    int transparent)
    implements Frame {

  private static final int[] PASS_STARTS = {0, 4, 2, 1};
  private static final int[] PASS_STEPS = {8, 8, 4, 2};

  @Override
  public RgbImage decode() {
    byte[] indices = GifData.decode(in, data, width * height);
    byte[] rgb = new byte[3 * indices.length];
    int stored = 0;
    int passes = interlaced ? PASS_STARTS.length : 1;
    for (int pass = 0; pass < passes; pass++) {
      int step = interlaced ? PASS_STEPS[pass] : 1;
      for (int y = interlaced ? PASS_STARTS[pass] : 0; y < height; y += step) {
        colourRow(indices, width * stored, rgb, 3 * width * y);
        stored++;
      }
    }
    return RgbImage.adopt(width, height, rgb);
  }

  private void colourRow(byte[] indices, int from, byte[] rgb, int to) {
    for (int x = 0; x < width; x++) {
      int index = indices[from + x] & 0xff;
      for (int channel = 0; channel < 3; channel++) {
        rgb[to + 3 * x + channel] =
            index == transparent ? (byte) White.LEVEL : palette[3 * index + channel];
      }
    }
  }
}
