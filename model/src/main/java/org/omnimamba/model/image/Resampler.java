package org.omnimamba.model.image;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Resizes as Pillow's {@code Image.resize(size, BICUBIC)} does, byte for byte: a separable filter
 * (a = -0.5) whose support grows with the shrink factor, coefficients in 22-bit fixed point, the
 * horizontal pass first, and a result rounded to 8 bits after each pass. Rows are shared out among
 * the processors: a request waits for it.
 */
public final class Resampler {
  private static final int PRECISION_BITS = 22;
  private static final int ROUNDING = 1 << (PRECISION_BITS - 1);

  private Resampler() {}

  /**
   * The image at another size; its aspect ratio is not kept ("resize-naive" in the reference).
   *
   * @throws IllegalArgumentException if a side is not positive
   */
  public static RgbImage resize(RgbImage image, int width, int height) {
    if (width <= 0 || height <= 0) {
      throw new IllegalArgumentException(
          "an image can not be resized to %d x %d".formatted(width, height));
    }
    RgbImage wide = width == image.width() ? image : horizontal(image, width);
    return height == image.height() ? wide : vertical(wide, height);
  }

  private static RgbImage horizontal(RgbImage image, int width) {
    Taps taps = Taps.of(image.width(), width);
    byte[] in = image.shared();
    byte[] out = new byte[3 * width * image.height()];
    IntStream.range(0, image.height())
        .parallel()
        .forEach(y -> horizontal(in, 3 * y * image.width(), taps, out, 3 * y * width));
    return RgbImage.adopt(width, image.height(), out);
  }

  private static void horizontal(byte[] in, int row, Taps taps, byte[] out, int to) {
    int at = to;
    for (int x = 0; x < taps.weights.length; x++) {
      int[] weights = taps.weights[x];
      int from = row + 3 * taps.first[x];
      int red = ROUNDING;
      int green = ROUNDING;
      int blue = ROUNDING;
      for (int weight : weights) {
        red += (in[from] & 0xff) * weight;
        green += (in[from + 1] & 0xff) * weight;
        blue += (in[from + 2] & 0xff) * weight;
        from += 3;
      }
      out[at++] = clip(red);
      out[at++] = clip(green);
      out[at++] = clip(blue);
    }
  }

  private static RgbImage vertical(RgbImage image, int height) {
    Taps taps = Taps.of(image.height(), height);
    byte[] in = image.shared();
    int stride = 3 * image.width();
    byte[] out = new byte[stride * height];
    IntStream.range(0, height).parallel().forEach(y -> vertical(in, stride, taps, out, y));
    return RgbImage.adopt(image.width(), height, out);
  }

  private static void vertical(byte[] in, int stride, Taps taps, byte[] out, int y) {
    int[] sums = new int[stride];
    Arrays.fill(sums, ROUNDING);
    int[] weights = taps.weights[y];
    for (int k = 0; k < weights.length; k++) {
      int row = stride * (taps.first[y] + k);
      for (int i = 0; i < stride; i++) {
        sums[i] += (in[row + i] & 0xff) * weights[k];
      }
    }
    for (int i = 0; i < stride; i++) {
      out[stride * y + i] = clip(sums[i]);
    }
  }

  private static byte clip(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION_BITS));
  }

  /** For each output place, the first input place that it reads and the weights from there on. */
  private static final class Taps {
    private static final double SUPPORT = 2.0;

    private final int[] first;
    private final int[][] weights;

    private Taps(int[] first, int[][] weights) {
      this.first = first;
      this.weights = weights;
    }

    static Taps of(int in, int out) {
      double scale = (double) in / out;
      double filterScale = Math.max(scale, 1.0);
      double support = SUPPORT * filterScale;
      int[] first = new int[out];
      int[][] weights = new int[out][];
      for (int i = 0; i < out; i++) {
        double center = (i + 0.5) * scale;
        int from = Math.max(0, (int) (center - support + 0.5));
        int to = Math.min(in, (int) (center + support + 0.5));
        first[i] = from;
        weights[i] = fixedPoint(values(from, to, center, 1.0 / filterScale));
      }
      return new Taps(first, weights);
    }

    private static double[] values(int from, int to, double center, double inverseScale) {
      double[] values = new double[to - from];
      double total = 0;
      for (int k = 0; k < values.length; k++) {
        values[k] = bicubic((k + from - center + 0.5) * inverseScale);
        total += values[k];
      }
      if (total != 0) {
        for (int k = 0; k < values.length; k++) {
          values[k] /= total;
        }
      }
      return values;
    }

    private static double bicubic(double x) {
      double a = -0.5;
      double d = Math.abs(x);
      if (d < 1.0) {
        return ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0;
      }
      if (d < 2.0) {
        return (((d - 5.0) * d + 8.0) * d - 4.0) * a;
      }
      return 0.0;
    }

    private static int[] fixedPoint(double[] values) {
      int[] fixed = new int[values.length];
      for (int k = 0; k < values.length; k++) {
        double scaled = values[k] * (1 << PRECISION_BITS);
        fixed[k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }
      return fixed;
    }
  }
}
