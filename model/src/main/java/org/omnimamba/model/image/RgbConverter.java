package org.omnimamba.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Stored samples to RGB on white: palettes are looked up, grey is repeated, of 16 bits the high 8
 * are kept (in grey as in colour), alpha is laid on white. Samples are taken as they are, without
 * colour management.
 */
final class RgbConverter {
  private static final int BYTE_BITS = 8;

  private RgbConverter() {}

  /**
   * @param transparency for images without an alpha band
   */
  static RgbImage toRgb(BufferedImage image, PngTransparency transparency) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[3 * width * height];
    if (image.getColorModel() instanceof IndexColorModel palette) {
      lookUp(raster, palette, transparency, rgb);
    } else {
      copySamples(raster, transparency, rgb);
    }
    return RgbImage.adopt(width, height, rgb);
  }

  private static void lookUp(
      Raster raster, IndexColorModel palette, PngTransparency transparency, byte[] rgb) {
    // an index past the palette is black
    byte[] red = new byte[1 << BYTE_BITS];
    byte[] green = new byte[1 << BYTE_BITS];
    byte[] blue = new byte[1 << BYTE_BITS];
    palette.getReds(red);
    palette.getGreens(green);
    palette.getBlues(blue);
    int width = raster.getWidth();
    int[] row = new int[width];
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int index : row) {
        int alpha = transparency.ofIndex(index);
        rgb[out++] = (byte) White.under(red[index] & 0xff, alpha);
        rgb[out++] = (byte) White.under(green[index] & 0xff, alpha);
        rgb[out++] = (byte) White.under(blue[index] & 0xff, alpha);
      }
    }
  }

  private static void copySamples(Raster raster, PngTransparency transparency, byte[] rgb) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - BYTE_BITS);
    int green = bands < 3 ? 0 : 1;
    int blue = bands < 3 ? 0 : 2;
    boolean hasAlpha = bands == 2 || bands == 4;
    int[] row = new int[width * bands];
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < row.length; x += bands) {
        int alpha = hasAlpha ? row[x + bands - 1] >> shift : transparency.ofSamples(row, x);
        rgb[out++] = (byte) White.under(row[x] >> shift, alpha);
        rgb[out++] = (byte) White.under(row[x + green] >> shift, alpha);
        rgb[out++] = (byte) White.under(row[x + blue] >> shift, alpha);
      }
    }
  }
}
