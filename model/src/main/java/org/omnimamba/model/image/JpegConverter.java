package org.omnimamba.model.image;

import java.awt.image.Raster;

/**
 * JPEG samples to RGB in libjpeg's integers, and inks as Pillow does it: they are stored inverted,
 * and {@code red = (255 - k) - c * (255 - k) / 255}.
 */
final class JpegConverter {
  private JpegConverter() {}

  /**
   * @param raster {@code [height, width, channels]} as stored
   */
  static RgbImage toRgb(Raster raster, JpegColours colours) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[bands * width];
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < row.length; x += bands, out += 3) {
        convert(row, x, colours, rgb, out);
      }
    }
    return RgbImage.adopt(width, raster.getHeight(), rgb);
  }

  private static void convert(int[] row, int x, JpegColours colours, byte[] rgb, int out) {
    switch (colours) {
      case GREY -> {
        rgb[out] = (byte) row[x];
        rgb[out + 1] = (byte) row[x];
        rgb[out + 2] = (byte) row[x];
      }
      case RGB -> copy(row, x, rgb, out);
      case YCC -> {
        decorrelate(row, x);
        copy(row, x, rgb, out);
      }
      case CMYK -> printed(row, x, rgb, out);
      case YCCK -> {
        decorrelate(row, x);
        for (int i = x; i < x + 3; i++) {
          row[i] = 255 - row[i];
        }
        printed(row, x, rgb, out);
      }
    }
  }

  private static void copy(int[] row, int x, byte[] rgb, int out) {
    for (int i = 0; i < 3; i++) {
      rgb[out + i] = (byte) row[x + i];
    }
  }

  private static void printed(int[] row, int x, byte[] rgb, int out) {
    int light = row[x + 3]; // inverted already: 255 - k
    for (int ink = 0; ink < 3; ink++) {
      rgb[out + ink] = (byte) (light - timesOver255(255 - row[x + ink], light));
    }
  }

  /** Luma and chroma to red, green and blue. */
  private static void decorrelate(int[] row, int at) {
    int luma = row[at];
    int cb = row[at + 1] - 128;
    int cr = row[at + 2] - 128;
    row[at] = clamp(luma + fixed(91881 * cr + 32768));
    row[at + 1] = clamp(luma + fixed(-22554 * cb - 46802 * cr + 32768));
    row[at + 2] = clamp(luma + fixed(116130 * cb + 32768));
  }

  private static int fixed(int value) {
    return value >> 16;
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private static int timesOver255(int a, int b) {
    int product = a * b + 128;
    return (product + (product >> 8)) >> 8;
  }
}
