package org.omnimamba.model.graph;

import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * {@code x · matrix^T} for a few rows of {@code x}, in a form that XLA for the CPU compiles to one
 * loop: it reads the matrix from memory once, in its stored type, on all threads. For compiled
 * functions alone; op by op it would store all of its factors.
 *
 * <p>Left to itself XLA for the CPU (of TensorFlow 2.21) multiplies one row on one thread. It hands
 * two rows and more to Eigen, which copies the matrix into panels first, widened to float32 before
 * that if it is stored in bfloat16: several times the traffic.
 *
 * <p>What it does compile to the loop wanted here is a product of a <i>vector</i> with a matrix
 * that is computed rather than stored. So each row of the matrix is multiplied by each row of
 * {@code x}, element by element, and the products are summed by a product with a vector of ones,
 * which disappears. Nothing of it but the result is ever stored.
 */
final class StreamedProduct {
  /** With more rows arithmetic takes longer than the copies that it saves. */
  private static final long MOST_ROWS = 8;

  /** Smaller matrices, such as adapters, stay in the caches: nothing is to be gained. */
  private static final long LEAST_SIDE = 64;

  /** XLA fuses products with vectors below 16 KiB. */
  private static final long LONGEST_SUM = 2048;

  private final Ops tf;

  StreamedProduct(Ops tf) {
    this.tf = tf;
  }

  /**
   * Whether a product is of the kind that gains.
   *
   * @param rows {@code [batch, in]}
   * @param matrix {@code [out, in]}
   */
  static boolean suits(Shape rows, Shape matrix) {
    return !rows.hasUnknownDimension()
        && rows.get(0) <= MOST_ROWS
        && matrix.get(0) >= LEAST_SIDE
        && matrix.get(1) >= LEAST_SIDE;
  }

  /**
   * @param x {@code [batch, in]}, all sizes known
   * @param matrix {@code [out, in]}, float32 or bfloat16
   * @return {@code [batch, out]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x, Operand<? extends TNumber> matrix) {
    long batch = x.shape().get(0);
    long in = x.shape().get(1);
    long out = matrix.shape().get(0);
    // two wrongs that matter for one row: XLA keeps a loop of less than one operation for each byte
    // on one thread, and an addition after the sums would make it store all products
    boolean negated = batch == 1;
    Operand<TFloat32> weights = tf.dtypes.cast(matrix, TFloat32.class);
    Operand<TFloat32> products =
        tf.math.mul(
            Axes.reshape(tf, negated ? negative(weights) : weights, out, 1, in),
            Axes.reshape(tf, stored(x), 1, batch, in));
    long parts = parts(in);
    Operand<TFloat32> sums =
        tf.linalg.matMul(
            tf.fill(tf.constant(new long[] {1, in / parts}), tf.constant(1f)),
            Axes.reshape(tf, products, out * batch * parts, in / parts),
            MatMul.transposeB(true));
    Operand<TFloat32> byOutput =
        parts == 1
            ? Axes.reshape(tf, sums, out, batch)
            : tf.reduceSum(Axes.reshape(tf, sums, out, batch, parts), tf.constant(2));
    Operand<TFloat32> result = tf.linalg.transpose(byOutput, tf.constant(new int[] {1, 0}));
    return negated ? tf.math.neg(result) : result;
  }

  /** Into how many sums of equal length a row is cut. */
  private static long parts(long in) {
    return LongStream.iterate(1, parts -> parts + 1)
        .filter(parts -> in % parts == 0 && in / parts <= LONGEST_SUM)
        .findFirst()
        .orElseThrow();
  }

  /**
   * {@code x} as it is, computed once and laid out row by row. Without this XLA computes it inside
   * the loop, again for each row of the matrix, and from columns. It stores what it gathers from;
   * gathering all rows in their order costs nothing beside the matrix. A single row is gathered by
   * its elements, since XLA would see through the gathering of one row.
   */
  private Operand<TFloat32> stored(Operand<TFloat32> x) {
    long batch = x.shape().get(0);
    long in = x.shape().get(1);
    Operand<TFloat32> values = batch == 1 ? Axes.reshape(tf, x, in) : x;
    long[] all = LongStream.range(0, batch == 1 ? in : batch).toArray();
    return tf.gather(values, tf.constant(all), tf.constant(0));
  }

  /**
   * {@code -x} by its sign bits. To XLA these are more operations than a minus, and that is what
   * they are for; the processor is left with a subtraction in place of an addition.
   */
  private Operand<TFloat32> negative(Operand<TFloat32> x) {
    Operand<TInt32> bits = tf.bitcast(x, TInt32.class);
    return tf.bitcast(tf.bitwise.bitwiseXor(bits, tf.constant(Integer.MIN_VALUE)), TFloat32.class);
  }
}
