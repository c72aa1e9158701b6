package org.omnimamba.model.image.vp8;

/**
 * Luma and chroma to red, green and blue in libwebp's integers. A chroma sample lies between four
 * luma samples; for each of those it is mixed with its three nearest neighbours, weighted 9:3:3:1.
 */
final class ColourConverter {
  private final YuvPicture picture;

  ColourConverter(YuvPicture picture) {
    this.picture = picture;
  }

  /** The picture as {@code [height, width, 3]}. */
  byte[] toRgb() {
    int width = picture.width();
    int height = picture.height();
    byte[] rgb = new byte[3 * width * height];
    int[] rowU = new int[width];
    int[] rowV = new int[width];
    Plane luma = picture.luma();
    int out = 0;
    for (int y = 0; y < height; y++) {
      upsample(picture.u(), y, rowU);
      upsample(picture.v(), y, rowV);
      int in = luma.at(0, y);
      for (int x = 0; x < width; x++, out += 3) {
        write(luma.samples[in + x] & 0xff, rowU[x], rowV[x], rgb, out);
      }
    }
    return rgb;
  }

  /** One row of chroma in full resolution. */
  private void upsample(Plane plane, int y, int[] row) {
    int lastRow = (picture.height() - 1) / 2;
    int near = y / 2;
    int far = Math.max(0, Math.min(lastRow, (y & 1) == 0 ? near - 1 : near + 1));
    int nearRow = plane.at(0, near);
    int farRow = plane.at(0, far);
    byte[] samples = plane.samples;
    int width = row.length;
    for (int x = 0; x < width; x++) {
      int here = x / 2;
      int nearest = samples[nearRow + here] & 0xff;
      int vertical = samples[farRow + here] & 0xff;
      if (x == 0 || (x == width - 1 && (x & 1) == 1)) {
        row[x] = (3 * nearest + vertical + 2) >> 2;
        continue;
      }
      int beside = (x & 1) == 0 ? here - 1 : here + 1;
      int horizontal = samples[nearRow + beside] & 0xff;
      int diagonal = samples[farRow + beside] & 0xff;
      int mixed = (nearest + diagonal + 3 * (horizontal + vertical) + 8) >> 3;
      row[x] = (mixed + nearest) >> 1;
    }
  }

  private static void write(int y, int u, int v, byte[] rgb, int at) {
    int light = y * 19077 >> 8;
    rgb[at] = clip(light + (v * 26149 >> 8) - 14234);
    rgb[at + 1] = clip(light - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
    rgb[at + 2] = clip(light + (u * 33050 >> 8) - 17685);
  }

  private static byte clip(int value) {
    return (byte) Transforms.clamp(value >> 6);
  }
}
