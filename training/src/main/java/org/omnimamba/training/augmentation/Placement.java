package org.omnimamba.training.augmentation;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Zooms, stretches, shifts and mirrors. Rows and columns are resampled one after the other, each by
 * a matrix of interpolation weights, so that it is two products instead of a gather. Where an
 * output pixel lies outside the picture all its weights are zero.
 */
final class Placement {
  private final Ops tf;
  private final AugmentationSettings settings;
  private final Draws random;

  Placement(Ops tf, AugmentationSettings settings, Draws random) {
    this.tf = tf;
    this.settings = settings;
    this.random = random;
  }

  /**
   * @param ink {@code [batch, height, width, 3]}
   * @param mayMirror {@code [batch]}
   * @return {@code [batch, height, width, 3]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> ink, Operand<TFloat32> mayMirror) {
    long batch = ink.shape().get(0);
    long height = ink.shape().get(1);
    long width = ink.shape().get(2);
    Operand<TFloat32> size = random.uniform(1 - settings.zoom(), 1 + settings.zoom(), batch);
    Operand<TFloat32> stretch = random.uniform(-settings.stretch(), settings.stretch(), batch);
    Operand<TFloat32> mirrored = tf.math.mul(random.chance(settings.mirror(), batch), mayMirror);
    Operand<TFloat32> direction =
        tf.math.sub(tf.constant(1f), tf.math.mul(tf.constant(2f), mirrored));
    Operand<TFloat32> down = weights(batch, height, tf.math.sub(size, stretch));
    Operand<TFloat32> across =
        weights(batch, width, tf.math.mul(direction, tf.math.add(size, stretch)));
    Operand<TFloat32> moved = product(down, tf.reshape(ink, tf.array(batch, height, width * 3)));
    // columns to the front, so that they are rows of a matrix too
    Operand<TFloat32> turned =
        tf.linalg.transpose(
            tf.reshape(moved, tf.array(batch, height, width, 3L)), tf.array(0, 2, 1, 3));
    Operand<TFloat32> both =
        product(across, tf.reshape(turned, tf.array(batch, width, height * 3)));
    return tf.linalg.transpose(
        tf.reshape(both, tf.array(batch, width, height, 3L)), tf.array(0, 2, 1, 3));
  }

  private Operand<TFloat32> product(Operand<TFloat32> left, Operand<TFloat32> right) {
    return tf.linalg.einsum(List.of(left, right), "bij,bjk->bik");
  }

  /**
   * Weights of linear interpolation along one side.
   *
   * @param factor {@code [batch]}: how much larger the content becomes; negative mirrors
   * @return {@code [batch, outputs, inputs]}
   */
  private Operand<TFloat32> weights(long batch, long size, Operand<TFloat32> factor) {
    Operand<TFloat32> shift =
        random.uniform(-settings.shift() * size, settings.shift() * size, batch, 1, 1);
    float middle = (size - 1) / 2f;
    Operand<TFloat32> fromMiddle =
        tf.math.sub(tf.math.sub(places(tf, size, 1, size, 1), tf.constant(middle)), shift);
    Operand<TFloat32> source =
        tf.math.add(
            tf.math.div(fromMiddle, tf.reshape(factor, tf.array(batch, 1L, 1L))),
            tf.constant(middle));
    Operand<TFloat32> distance = tf.math.abs(tf.math.sub(source, places(tf, size, 1, 1, size)));
    return tf.math.maximum(tf.constant(0f), tf.math.sub(tf.constant(1f), distance));
  }

  /** 0, 1, ..., size - 1 in the given shape. */
  static Operand<TFloat32> places(Ops tf, long size, long... shape) {
    float[] places = new float[Math.toIntExact(size)];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    return tf.reshape(tf.constant(places), tf.constant(shape));
  }
}
