package org.omnimamba.model.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * A convolution as one matrix product: the pixels under the filter's places stand side by side,
 * then meet the filter as a matrix. It takes more memory than a convolution of its own, and needs
 * nothing but products: no library for convolutions, no search for its fastest algorithm.
 */
final class ConvolutionProduct<T extends TNumber> {
  private final Ops tf;

  ConvolutionProduct(Ops tf) {
    this.tf = tf;
  }

  /**
   * @param x {@code [batch, height, width, in]}, all sizes known
   * @param filter {@code [side, side, in, out]}, of an odd side
   * @param stride 1 or 2
   * @param same whether the border is padded so that stride 1 keeps the size; otherwise only places
   *     count at which the whole filter lies inside
   * @return {@code [batch, height', width', out]}
   */
  Operand<T> apply(Operand<T> x, Operand<T> filter, long stride, boolean same) {
    int side = (int) filter.shape().get(0);
    long values = filter.shape().get(0) * filter.shape().get(1) * filter.shape().get(2);
    long out = filter.shape().get(3);
    Operand<T> padded = same ? pad(x, side / 2, side / 2) : x;
    long height = padded.shape().get(1) - side + 1;
    long width = padded.shape().get(2) - side + 1;
    List<Operand<T>> places = new ArrayList<>();
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        places.add(every(slice(padded, row, column, height, width), stride));
      }
    }
    Operand<T> neighbours = tf.concat(places, tf.constant(3));
    Shape shape = neighbours.shape();
    Operand<T> rows = tf.reshape(neighbours, tf.array(-1L, values));
    Operand<T> matrix = tf.reshape(filter, tf.array(values, out));
    return tf.reshape(
        tf.linalg.matMul(rows, matrix), tf.array(shape.get(0), shape.get(1), shape.get(2), out));
  }

  /** Every second row and column from the first on, if the stride is 2. */
  private Operand<T> every(Operand<T> x, long stride) {
    if (stride == 1) {
      return x;
    }
    long height = x.shape().get(1);
    long width = x.shape().get(2);
    // an even size, so that rows and columns come in pairs
    Operand<T> even = pad(x, 0, 0, height % 2, width % 2);
    long batch = x.shape().get(0);
    long channels = x.shape().get(3);
    Operand<T> pairs =
        tf.reshape(even, tf.array(batch, (height + 1) / 2, 2L, (width + 1) / 2, 2L, channels));
    int[] size = ints(pairs.shape());
    size[2] = 1;
    size[4] = 1;
    return tf.reshape(
        tf.slice(pairs, tf.constant(new int[6]), tf.constant(size)),
        tf.array(batch, (height + 1) / 2, (width + 1) / 2, channels));
  }

  private Operand<T> slice(Operand<T> x, int row, int column, long height, long width) {
    int[] size = ints(x.shape());
    size[1] = (int) height;
    size[2] = (int) width;
    return tf.slice(x, tf.constant(new int[] {0, row, column, 0}), tf.constant(size));
  }

  private Operand<T> pad(Operand<T> x, long before, long after) {
    return pad(x, before, before, after, after);
  }

  private Operand<T> pad(Operand<T> x, long top, long left, long bottom, long right) {
    if (top + left + bottom + right == 0) {
      return x;
    }
    Operand<TInt32> paddings =
        tf.constant(
            new int[][] {{0, 0}, {(int) top, (int) bottom}, {(int) left, (int) right}, {0, 0}});
    return tf.pad(x, paddings, tf.dtypes.cast(tf.constant(0f), x.type()));
  }

  private static int[] ints(Shape shape) {
    return Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).toArray();
  }
}
