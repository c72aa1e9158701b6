package org.omnimamba.model.image;

import java.awt.image.Raster;

/**
 * Four-channel JPEG samples to RGB as Pillow does it: inks are stored inverted (Adobe's habit),
 * YCCK is first turned to CMYK, and {@code red = (255 - k) - c * (255 - k) / 255}.
 */
final class CmykConverter {
  private static final int BANDS = 4;

  private CmykConverter() {}

  /**
   * @param raster {@code [height, width, 4]} as stored
   * @param inks CMYK or YCCK
   */
  static RgbImage toRgb(Raster raster, InkModel inks) {
    int width = raster.getWidth();
    byte[] rgb = new byte[3 * width * raster.getHeight()];
    int[] row = new int[BANDS * width];
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < row.length; x += BANDS) {
        if (inks == InkModel.YCCK) {
          yccToCmy(row, x);
        }
        int light = row[x + 3]; // inverted already: 255 - k
        for (int ink = 0; ink < 3; ink++) {
          rgb[out++] = (byte) (light - timesOver255(255 - row[x + ink], light));
        }
      }
    }
    return RgbImage.adopt(width, raster.getHeight(), rgb);
  }

  /** libjpeg's fixed-point YCC to RGB, its result inverted. */
  private static void yccToCmy(int[] row, int at) {
    int luma = row[at];
    int cb = row[at + 1] - 128;
    int cr = row[at + 2] - 128;
    row[at] = clamp(255 - (luma + fixed(91881 * cr + 32768)));
    row[at + 1] = clamp(255 - (luma + fixed(-22554 * cb - 46802 * cr + 32768)));
    row[at + 2] = clamp(255 - (luma + fixed(116130 * cb + 32768)));
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
