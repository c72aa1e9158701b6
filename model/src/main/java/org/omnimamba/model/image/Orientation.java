package org.omnimamba.model.image;

/**
 * How a stored picture is turned upright: EXIF's tag 274.
 *
 * @param value 1 to 8
 */
record Orientation(int value) {
  static final Orientation UPRIGHT = new Orientation(1);

  private static final int LAST = 8;
  private static final int FIRST_SWAPPED = 5;
  private static final int TAG = 274;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int HEADER = 8;
  private static final int ENTRY = 12;
  private static final int TIFF_VERSION = 42;

  /**
   * What EXIF data say. Data that are damaged, or say nothing, mean upright: the pixels are there
   * all the same.
   *
   * @param exif a TIFF header and directories, after {@code Exif\0\0} or not
   */
  static Orientation of(byte[] exif) {
    ByteReader in = new ByteReader(exif);
    int start = in.startsWith(0, "Exif\0\0") ? 6 : 0;
    boolean little = in.startsWith(start, "II");
    if (!little && !in.startsWith(start, "MM")) {
      return UPRIGHT;
    }
    try {
      return find(in, start, little);
    } catch (InvalidImageException e) {
      return UPRIGHT; // cut off
    }
  }

  private static Orientation find(ByteReader in, int start, boolean little) {
    if (u16(in, start + 2, little) != TIFF_VERSION) {
      return UPRIGHT;
    }
    long offset = u32(in, start + 4, little);
    if (offset < HEADER || offset > in.length()) {
      return UPRIGHT;
    }
    int directory = start + (int) offset;
    int entries = u16(in, directory, little);
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + ENTRY * i;
      if (u16(in, entry, little) == TAG) {
        int type = u16(in, entry + 2, little);
        long value =
            type == SHORT
                ? u16(in, entry + 8, little)
                : type == LONG ? u32(in, entry + 8, little) : 1;
        return value >= 1 && value <= LAST ? new Orientation((int) value) : UPRIGHT;
      }
    }
    return UPRIGHT;
  }

  private static int u16(ByteReader in, int at, boolean little) {
    return little ? in.u16Little(at) : in.u16Big(at);
  }

  private static long u32(ByteReader in, int at, boolean little) {
    return little ? in.u32Little(at) : in.u32Big(at);
  }

  /** Whether width and height change places. */
  boolean swapsSides() {
    return value >= FIRST_SWAPPED;
  }

  /** The stored picture, turned upright. */
  RgbImage upright(RgbImage stored) {
    if (value == 1) {
      return stored;
    }
    int width = swapsSides() ? stored.height() : stored.width();
    int height = swapsSides() ? stored.width() : stored.height();
    boolean flipsColumns = value == 2 || value == 3 || value == 7 || value == 8;
    boolean flipsRows = value == 3 || value == 4 || value == 6 || value == 7;
    byte[] from = stored.shared();
    byte[] to = new byte[from.length];
    int out = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int column = swapsSides() ? y : x;
        int row = swapsSides() ? x : y;
        column = flipsColumns ? stored.width() - 1 - column : column;
        row = flipsRows ? stored.height() - 1 - row : row;
        int in = 3 * (row * stored.width() + column);
        to[out++] = from[in];
        to[out++] = from[in + 1];
        to[out++] = from[in + 2];
      }
    }
    return RgbImage.adopt(width, height, to);
  }
}
