package org.omnimamba.training.objective;

import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/** Cuts sequences; in int32, since the gradient of a slice wants that. */
final class Parts {
  private Parts() {}

  /**
   * Rows of an even share of a batch.
   *
   * @param what the rows are of, for messages
   * @throws IllegalArgumentException if there is no such share
   */
  static int shareOf(int batch, int shares, String what) {
    if (batch % shares != 0) {
      throw new IllegalArgumentException(
          "a batch_size of %d (%s) cannot be shared evenly by %d devices"
              .formatted(batch, what, shares));
    }
    return batch / shares;
  }

  /** Places {@code [from, from + count)} of axis 1. */
  static Operand<TFloat32> places(Ops tf, Operand<TFloat32> x, long from, long count) {
    return cut(tf, x, from, count);
  }

  /** Places {@code [from, from + count)} of axis 1. */
  static Operand<TInt64> ids(Ops tf, Operand<TInt64> x, long from, long count) {
    return cut(tf, x, from, count);
  }

  private static <T extends TType> Operand<T> cut(Ops tf, Operand<T> x, long from, long count) {
    int[] begin = new int[x.shape().numDimensions()];
    begin[1] = Math.toIntExact(from);
    int[] size = Arrays.stream(x.shape().asArray()).mapToInt(Math::toIntExact).toArray();
    size[1] = Math.toIntExact(count);
    return tf.slice(x, tf.constant(begin), tf.constant(size));
  }

  /** The numbers 0 to {@code count - 1}. */
  static Operand<TInt64> firstPositions(Ops tf, long count) {
    long[] positions = new long[Math.toIntExact(count)];
    Arrays.setAll(positions, i -> i);
    return tf.constant(positions);
  }
}
