package org.omnimamba.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Stored samples to RGB as Pillow's {@code convert("RGB")} does it: samples are taken as they are,
 * without colour management; palettes are looked up, grey is repeated, alpha is dropped (not
 * blended), of 16 bits the high 8 are kept. Only 16-bit grey without alpha is odd: Pillow clips it
 * at 255.
 */
final class RgbConverter {
  private static final int BYTE_BITS = 8;

  private RgbConverter() {}

  static RgbImage toRgb(BufferedImage image) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[3 * width * height];
    if (image.getColorModel() instanceof IndexColorModel palette) {
      lookUp(raster, palette, rgb);
    } else {
      copySamples(raster, rgb);
    }
    return RgbImage.adopt(width, height, rgb);
  }

  private static void lookUp(Raster raster, IndexColorModel palette, byte[] rgb) {
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
        rgb[out++] = red[index];
        rgb[out++] = green[index];
        rgb[out++] = blue[index];
      }
    }
  }

  private static void copySamples(Raster raster, byte[] rgb) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - BYTE_BITS);
    int green = bands < 3 ? 0 : 1;
    int blue = bands < 3 ? 0 : 2;
    boolean clips = bands == 1 && shift > 0;
    int[] row = new int[width * bands];
    int out = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      if (clips) {
        clip(row, shift);
      }
      for (int x = 0; x < row.length; x += bands) {
        rgb[out++] = (byte) (row[x] >> shift);
        rgb[out++] = (byte) (row[x + green] >> shift);
        rgb[out++] = (byte) (row[x + blue] >> shift);
      }
    }
  }

  private static void clip(int[] row, int shift) {
    for (int x = 0; x < row.length; x++) {
      row[x] = Math.min(row[x], 255) << shift;
    }
  }
}
