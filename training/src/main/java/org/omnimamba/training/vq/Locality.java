package org.omnimamba.training.vq;

import org.omnimamba.model.graph.Axes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * How far a token depends on what other places of the picture show. An encoder that normalises over
 * the whole picture gives the same white ground other tokens beside every object; a language model
 * would have to know the whole picture at its first token.
 *
 * <p>Measured with mixed pictures: the left half of each, and the right half of the next one in the
 * batch. Places away from the seam show the same in the mixed picture as in the one that they come
 * from, and should get the same vector.
 */
final class Locality {
  /** One part in so many of the columns, on both sides of the seam, is not compared. */
  private static final int MARGIN = 8;

  private final Ops tf;

  Locality(Ops tf) {
    this.tf = tf;
  }

  /**
   * The mixed pictures.
   *
   * @param pictures {@code [batch, height, width, 3]}, a width of an even number of tokens
   * @return same shape
   */
  Operand<TFloat32> mixed(Operand<TFloat32> pictures) {
    return halves(pictures);
  }

  /**
   * Mean squared distance between the vectors of places that show the same.
   *
   * @param points of the pictures, {@code [batch, rows, columns, dim]}
   * @param mixed of the mixed pictures, same shape
   */
  Operand<TFloat32> distance(Operand<TFloat32> points, Operand<TFloat32> mixed) {
    return tf.math.mean(
        tf.math.square(tf.math.sub(compared(halves(points)), compared(mixed))),
        tf.array(0, 1, 2, 3));
  }

  /**
   * The part of those places whose token is another one, 0..1.
   *
   * @param codes of the pictures, {@code [batch, rows * columns]}
   * @param mixed of the mixed pictures, same shape
   * @param columns of a picture's tokens
   */
  Operand<TFloat32> moved(Operand<TInt64> codes, Operand<TInt64> mixed, long columns) {
    Operand<TFloat32> here = compared(halves(grid(codes, columns)));
    Operand<TFloat32> there = compared(grid(mixed, columns));
    return tf.math.mean(
        tf.dtypes.cast(tf.math.notEqual(here, there), TFloat32.class), tf.array(0, 1, 2, 3));
  }

  private Operand<TFloat32> grid(Operand<TInt64> codes, long columns) {
    long batch = codes.shape().get(0);
    long rows = codes.shape().get(1) / columns;
    return Axes.reshape(tf, tf.dtypes.cast(codes, TFloat32.class), batch, rows, columns, 1);
  }

  /** The left half of each row of a batch, and the right half of the next one. */
  private Operand<TFloat32> halves(Operand<TFloat32> x) {
    long half = x.shape().get(2) / 2;
    return Axes.concat(
        tf,
        Axes.slice(tf, x, 2, 0, half),
        Axes.slice(tf, next(x), 2, half, x.shape().get(2) - half),
        2);
  }

  private Operand<TFloat32> next(Operand<TFloat32> x) {
    long batch = x.shape().get(0);
    return batch == 1
        ? x
        : Axes.concat(tf, Axes.slice(tf, x, 0, 1, batch - 1), Axes.slice(tf, x, 0, 0, 1), 0);
  }

  /** Without the columns beside the seam. */
  private Operand<TFloat32> compared(Operand<TFloat32> x) {
    long columns = x.shape().get(2);
    long half = columns / 2;
    long margin = columns / MARGIN;
    return Axes.concat(
        tf,
        Axes.slice(tf, x, 2, 0, half - margin),
        Axes.slice(tf, x, 2, half + margin, columns - half - margin),
        2);
  }
}
