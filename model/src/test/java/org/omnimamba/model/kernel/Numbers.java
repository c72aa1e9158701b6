package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;

/** Random contents of buffers, and comparisons of results. */
final class Numbers {
  /** Tolerance for what was computed and stored in float32. */
  static final double F32 = 1e-5;

  /** Half the distance of bfloat16 numbers, beside float32's errors. */
  static final double BF16 = 0x1p-8 + F32;

  private final SplittableRandom random;

  Numbers(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Numbers between two bounds. */
  float[] between(double least, double most, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(least, most);
    }
    return values;
  }

  /** A buffer of numbers between -1 and 1. */
  HostBuffer buffer(Element element, int count) {
    return HostBuffer.of(element, between(-1, 1, count));
  }

  /** A buffer of one int32. */
  static HostBuffer integer(int number) {
    return HostBuffer.of(Element.I32, (long) number);
  }

  /**
   * Compares a result with numbers in double precision.
   *
   * @param tolerance relative to each number; beside it, a millionth of the largest is allowed, for
   *     sums whose terms cancel
   */
  static void assertClose(float[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.abs(expected[i]) + 1e-6 * largest;
      double error = Math.abs(actual[i] - expected[i]);
      assertThat(error)
          .as("%s instead of %s at place %s", actual[i], expected[i], i)
          .isLessThanOrEqualTo(allowed);
    }
  }
}
