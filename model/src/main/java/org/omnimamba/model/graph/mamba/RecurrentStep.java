package org.omnimamba.model.graph.mamba;

import org.omnimamba.model.graph.Axes;
import org.omnimamba.model.graph.Ordering;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One token of the selective state-space recurrence {@code S' = S exp(dt A) + dt B x, y = C S'}.
 */
public final class RecurrentStep {
  private final Ops tf;

  public RecurrentStep(Ops tf) {
    this.tf = tf;
  }

  /**
   * Inputs of a step.
   *
   * @param x {@code [batch, heads, headDim]}
   * @param dt step sizes after softplus, {@code [batch, heads]}
   * @param a negative decay rates, {@code [heads]}
   * @param b shared by all heads, {@code [batch, dState]}
   * @param c shared by all heads, {@code [batch, dState]}
   * @param before {@code [batch, dState, heads, headDim]}
   */
  public record Input(
      Operand<TFloat32> x,
      Operand<TFloat32> dt,
      Operand<TFloat32> a,
      Operand<TFloat32> b,
      Operand<TFloat32> c,
      Operand<TFloat32> before) {}

  /**
   * Outputs of a step.
   *
   * @param y without the skip term D, {@code [batch, heads, headDim]}
   * @param after {@code [batch, dState, heads, headDim]}
   */
  public record Output(Operand<TFloat32> y, Operand<TFloat32> after) {}

  /**
   * Adds the step to the graph. The output comes from the old state, {@code y = exp(dt A) (C S) +
   * (C B) dt x}, so that the new one is written once and never read again.
   */
  public Output apply(Input input) {
    Operand<TFloat32> decay = tf.math.exp(tf.math.mul(input.dt(), input.a()));
    Operand<TFloat32> gain = tf.math.mul(input.x(), tf.expandDims(input.dt(), tf.constant(-1)));
    Operand<TFloat32> read =
        tf.reduceSum(tf.math.mul(input.before(), perState(input.c())), tf.constant(1));
    Operand<TFloat32> match = tf.reduceSum(tf.math.mul(input.b(), input.c()), tf.constant(1));
    Operand<TFloat32> y =
        tf.math.add(
            tf.math.mul(read, tf.expandDims(decay, tf.constant(-1))),
            tf.math.mul(gain, Axes.reshape(tf, match, input.x().shape().get(0), 1, 1)));
    return new Output(y, next(input, decay, Ordering.after(tf, gain, y)));
  }

  private Operand<TFloat32> next(Input input, Operand<TFloat32> decay, Operand<TFloat32> gain) {
    long batch = input.x().shape().get(0);
    long heads = input.x().shape().get(1);
    Operand<TFloat32> kept =
        tf.math.mul(input.before(), Axes.reshape(tf, decay, batch, 1, heads, 1));
    return tf.math.add(kept, tf.math.mul(perState(input.b()), tf.expandDims(gain, tf.constant(1))));
  }

  private Operand<TFloat32> perState(Operand<TFloat32> vector) {
    return Axes.reshape(tf, vector, vector.shape().get(0), vector.shape().get(1), 1, 1);
  }
}
