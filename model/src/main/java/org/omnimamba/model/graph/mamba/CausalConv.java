package org.omnimamba.model.graph.mamba;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.Axes;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The causal depthwise convolution over xBC, with bias and SiLU. The last tap multiplies the
 * current token.
 */
public final class CausalConv {
  private final BlockContext context;
  private final int taps;
  private final long channels;

  /** Parameters {@code weight [channels, 1, taps]} and {@code bias [channels]}. */
  public CausalConv(BlockContext context, int taps, int channels) {
    this.context = context;
    this.taps = taps;
    this.channels = channels;
  }

  /**
   * Convolves a sequence.
   *
   * @param raw {@code [batch, length, channels]}
   * @param before state before it, {@code [batch, taps, channels]}; null for zeros
   * @return {@code [batch, length, channels]}
   */
  Operand<TFloat32> sequence(Operand<TFloat32> raw, @Nullable Operand<TFloat32> before) {
    Ops tf = context.tf();
    long batch = raw.shape().get(0);
    long length = raw.shape().get(1);
    Operand<TFloat32> past =
        before == null
            ? tf.zeros(tf.constant(new long[] {batch, taps - 1L, channels}), TFloat32.class)
            : Axes.slice(tf, before, 1, 1, taps - 1L);
    Operand<TFloat32> extended = Axes.concat(tf, past, raw, 1);
    Operand<TFloat32> weight = tapsFirst();
    Operand<TFloat32> sum = context.parameter("bias");
    for (int tap = 0; tap < taps; tap++) {
      Operand<TFloat32> shifted = Axes.slice(tf, extended, 1, tap, length);
      sum = tf.math.add(tf.math.mul(shifted, Axes.slice(tf, weight, 0, tap, 1)), sum);
    }
    return Activations.silu(tf, sum);
  }

  /**
   * The state after the first {@code lengths} tokens of a sequence.
   *
   * @param lengths per row, {@code [batch]}; null for the whole length
   * @return {@code [batch, taps, channels]}
   */
  Operand<TFloat32> stateAfter(
      Operand<TFloat32> raw,
      @Nullable Operand<TFloat32> before,
      @Nullable Operand<TInt64> lengths) {
    Ops tf = context.tf();
    long batch = raw.shape().get(0);
    long length = raw.shape().get(1);
    Operand<TFloat32> past =
        before == null
            ? tf.zeros(tf.constant(new long[] {batch, taps, channels}), TFloat32.class)
            : before;
    Operand<TFloat32> all = Axes.concat(tf, past, raw, 1);
    if (lengths == null) {
      return Axes.slice(tf, all, 1, length, taps);
    }
    long[] offsets = new long[taps];
    for (int tap = 0; tap < taps; tap++) {
      offsets[tap] = tap;
    }
    Operand<TInt64> rows =
        tf.math.add(tf.expandDims(lengths, tf.constant(1)), tf.constant(offsets));
    return tf.gather(all, rows, tf.constant(1), Gather.batchDims(1L));
  }

  /**
   * Shifts one token in.
   *
   * @param raw {@code [batch, channels]}
   * @param before {@code [batch, taps, channels]}
   * @return the new state, {@code [batch, taps, channels]}
   */
  Operand<TFloat32> shift(Operand<TFloat32> raw, Operand<TFloat32> before) {
    Ops tf = context.tf();
    Operand<TFloat32> kept = Axes.slice(tf, before, 1, 1, taps - 1L);
    return Axes.concat(tf, kept, tf.expandDims(raw, tf.constant(1)), 1);
  }

  /**
   * The convolution's output for the newest token of a state.
   *
   * @param state {@code [batch, taps, channels]}
   * @return {@code [batch, channels]}
   */
  Operand<TFloat32> newest(Operand<TFloat32> state) {
    Ops tf = context.tf();
    Operand<TFloat32> sum = tf.reduceSum(tf.math.mul(state, tapsFirst()), tf.constant(1));
    return Activations.silu(tf, tf.math.add(sum, context.parameter("bias")));
  }

  /** {@code [taps, channels]}. */
  private Operand<TFloat32> tapsFirst() {
    Ops tf = context.tf();
    Operand<TFloat32> rows = Axes.reshape(tf, context.parameter("weight"), channels, taps);
    return tf.linalg.transpose(rows, tf.constant(new int[] {1, 0}));
  }
}
