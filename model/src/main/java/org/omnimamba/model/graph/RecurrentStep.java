package org.omnimamba.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** One token of the selective state-space recurrence. */
public final class RecurrentStep {
  private final Ops tf;

  public RecurrentStep(Ops tf) {
    this.tf = tf;
  }

  /**
   * The next state, {@code S exp(dt A) + dt B x}.
   *
   * @param x {@code [batch, heads, headDim]}
   * @param dt {@code [batch, heads]}
   * @param a {@code [heads]}
   * @param b {@code [batch, dState]}
   * @param before {@code [batch, dState, heads, headDim]}
   * @return {@code [batch, dState, heads, headDim]}
   */
  public Operand<TFloat32> next(
      Operand<TFloat32> x,
      Operand<TFloat32> dt,
      Operand<TFloat32> a,
      Operand<TFloat32> b,
      Operand<TFloat32> before) {
    long batch = x.shape().get(0);
    long heads = x.shape().get(1);
    Operand<TFloat32> decay = Axes.reshape(tf, tf.math.exp(tf.math.mul(dt, a)), batch, 1, heads, 1);
    Operand<TFloat32> input = tf.math.mul(x, tf.expandDims(dt, tf.constant(-1)));
    Operand<TFloat32> gain = tf.math.mul(perState(b), tf.expandDims(input, tf.constant(1)));
    return tf.math.add(tf.math.mul(before, decay), gain);
  }

  /**
   * What the state gives, {@code S C}.
   *
   * @param c {@code [batch, dState]}
   * @param state {@code [batch, dState, heads, headDim]}
   * @return {@code [batch, heads, headDim]}
   */
  public Operand<TFloat32> read(Operand<TFloat32> c, Operand<TFloat32> state) {
    return tf.reduceSum(tf.math.mul(state, perState(c)), tf.constant(1));
  }

  private Operand<TFloat32> perState(Operand<TFloat32> vector) {
    return Axes.reshape(tf, vector, vector.shape().get(0), vector.shape().get(1), 1, 1);
  }
}
