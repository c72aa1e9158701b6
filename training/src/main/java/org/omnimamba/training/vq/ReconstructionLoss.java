package org.omnimamba.training.vq;

import org.omnimamba.model.graph.Axes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How far a decoded picture is from the original: its pixels, and the differences of neighbouring
 * pixels at several sizes, which keep the outlines of flat drawings crisp.
 */
final class ReconstructionLoss {
  private static final int SCALES = 3;

  private final Ops tf;

  ReconstructionLoss(Ops tf) {
    this.tf = tf;
  }

  /**
   * The mean absolute error.
   *
   * @param decoded {@code [batch, height, width, 3]}
   * @param original {@code [batch, height, width, 3]}
   */
  Operand<TFloat32> absolute(Operand<TFloat32> decoded, Operand<TFloat32> original) {
    return mean(tf.math.abs(tf.math.sub(decoded, original)));
  }

  /** The mean squared error. */
  Operand<TFloat32> square(Operand<TFloat32> decoded, Operand<TFloat32> original) {
    return mean(tf.math.square(tf.math.sub(decoded, original)));
  }

  /** The mean absolute error of differences between neighbours, over all sizes and directions. */
  Operand<TFloat32> edges(Operand<TFloat32> decoded, Operand<TFloat32> original) {
    // a difference of differences is the difference of the error
    Operand<TFloat32> error = tf.math.sub(decoded, original);
    Operand<TFloat32> sum = tf.constant(0f);
    for (int scale = 0; scale < SCALES; scale++) {
      if (scale > 0) {
        error = halved(error);
      }
      sum = tf.math.add(sum, tf.math.add(steps(error, 1), steps(error, 2)));
    }
    return tf.math.div(sum, tf.constant(2f * SCALES));
  }

  private Operand<TFloat32> steps(Operand<TFloat32> x, int axis) {
    long size = x.shape().get(axis) - 1;
    return mean(
        tf.math.abs(
            tf.math.sub(Axes.slice(tf, x, axis, 1, size), Axes.slice(tf, x, axis, 0, size))));
  }

  /** Every 2 x 2 pixels averaged. */
  private Operand<TFloat32> halved(Operand<TFloat32> x) {
    long batch = x.shape().get(0);
    long height = x.shape().get(1);
    long width = x.shape().get(2);
    long channels = x.shape().get(3);
    Operand<TFloat32> cut = Axes.reshape(tf, x, batch, height / 2, 2, width / 2, 2, channels);
    return tf.math.mean(cut, tf.array(2, 4));
  }

  private Operand<TFloat32> mean(Operand<TFloat32> x) {
    return tf.math.mean(x, tf.array(0, 1, 2, 3));
  }
}
