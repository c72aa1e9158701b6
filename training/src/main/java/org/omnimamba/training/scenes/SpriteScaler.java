package org.omnimamba.training.scenes;

/** Resizes sprites with a triangle filter as wide as a pixel of the smaller of both sizes. */
final class SpriteScaler {
  /** Red, green and blue multiplied with alpha, then alpha; each 0..255. */
  static final int CHANNELS = 4;

  private final int width;
  private final int height;
  private final Axis across;
  private final Axis down;

  SpriteScaler(int width, int height, int toWidth, int toHeight) {
    this.width = width;
    this.height = height;
    this.across = Axis.of(width, toWidth);
    this.down = Axis.of(height, toHeight);
  }

  /** Pixels {@code [toHeight, toWidth, 4]}. */
  float[] scaled(int[] argb) {
    int toWidth = across.first.length;
    float[] rows = new float[height * toWidth * CHANNELS];
    float[] source = new float[width * CHANNELS];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int pixel = argb[y * width + x];
        float alpha = pixel >>> 24;
        source[x * CHANNELS] = (pixel >> 16 & 255) * alpha / 255;
        source[x * CHANNELS + 1] = (pixel >> 8 & 255) * alpha / 255;
        source[x * CHANNELS + 2] = (pixel & 255) * alpha / 255;
        source[x * CHANNELS + 3] = alpha;
      }
      for (int x = 0; x < toWidth; x++) {
        float[] weights = across.weights[x];
        for (int k = 0; k < weights.length; k++) {
          int from = (across.first[x] + k) * CHANNELS;
          int to = (y * toWidth + x) * CHANNELS;
          for (int channel = 0; channel < CHANNELS; channel++) {
            rows[to + channel] += weights[k] * source[from + channel];
          }
        }
      }
    }
    int rowLength = toWidth * CHANNELS;
    float[] result = new float[down.first.length * rowLength];
    for (int y = 0; y < down.first.length; y++) {
      float[] weights = down.weights[y];
      for (int k = 0; k < weights.length; k++) {
        int from = (down.first[y] + k) * rowLength;
        for (int i = 0; i < rowLength; i++) {
          result[y * rowLength + i] += weights[k] * rows[from + i];
        }
      }
    }
    return result;
  }

  /** Which places of the source make up each place of the result, and how much of each. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Axis(int[] first, float[][] weights) {
    static Axis of(int from, int to) {
      double scale = (double) from / to;
      double reach = Math.max(1, scale);
      int[] first = new int[to];
      float[][] weights = new float[to][];
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int begin = Math.max(0, (int) Math.floor(centre - reach));
        int end = Math.min(from, (int) Math.ceil(centre + reach));
        float[] some = new float[end - begin];
        float sum = 0;
        for (int k = 0; k < some.length; k++) {
          double distance = Math.abs(begin + k + 0.5 - centre) / reach;
          some[k] = (float) Math.max(0, 1 - distance);
          sum += some[k];
        }
        for (int k = 0; k < some.length; k++) {
          some[k] /= sum;
        }
        first[i] = begin;
        weights[i] = some;
      }
      return new Axis(first, weights);
    }
  }
}
