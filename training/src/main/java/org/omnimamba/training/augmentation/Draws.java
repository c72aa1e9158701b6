package org.omnimamba.training.augmentation;

import org.omnimamba.training.step.ObjectiveScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Random numbers of a step, in the ranges that alterations need. */
final class Draws {
  private final ObjectiveScope scope;

  Draws(ObjectiveScope scope) {
    this.scope = scope;
  }

  /** Evenly distributed in {@code [low, high)}. */
  Operand<TFloat32> uniform(float low, float high, long... shape) {
    Ops tf = scope.tf();
    return tf.math.add(
        tf.math.mul(scope.uniform(Shape.of(shape)), tf.constant(high - low)), tf.constant(low));
  }

  /** 1 with the given probability, else 0. */
  Operand<TFloat32> chance(float probability, long... shape) {
    Ops tf = scope.tf();
    return tf.dtypes.cast(
        tf.math.less(scope.uniform(Shape.of(shape)), tf.constant(probability)), TFloat32.class);
  }
}
