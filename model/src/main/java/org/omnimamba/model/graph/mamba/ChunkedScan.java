package org.omnimamba.model.graph.mamba;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.graph.Axes;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TFloat32;

/**
 * The selective state-space recurrence {@code S = S exp(dt A) + dt B x, y = C S} over a sequence in
 * matrix form (Mamba-2, "state space duality"): products inside chunks, and one small product that
 * carries the states from chunk to chunk. The causal mask enters before {@code exp}; after it, the
 * upper triangle overflows and gradients become NaN.
 */
public final class ChunkedScan {
  /** Added to exponents that must vanish; {@code exp} of it is exactly 0. */
  private static final float MASKED = -1e30f;

  private final Ops tf;
  private final int chunkSize;

  public ChunkedScan(Ops tf, int chunkSize) {
    this.tf = tf;
    this.chunkSize = chunkSize;
  }

  /**
   * Inputs of a scan.
   *
   * @param x {@code [batch, length, heads, headDim]}
   * @param dt step sizes after softplus, 0 at positions to skip: {@code [batch, length, heads]}
   * @param a negative decay rates, {@code [heads]}
   * @param b shared by all heads, {@code [batch, length, dState]}
   * @param c shared by all heads, {@code [batch, length, dState]}
   * @param before state before the sequence, {@code [batch, dState, heads, headDim]}; null for
   *     zeros
   */
  public record Input(
      Operand<TFloat32> x,
      Operand<TFloat32> dt,
      Operand<TFloat32> a,
      Operand<TFloat32> b,
      Operand<TFloat32> c,
      @Nullable Operand<TFloat32> before) {}

  /**
   * Outputs of a scan.
   *
   * @param y without the skip term D, {@code [batch, length, heads, headDim]}
   * @param after state after the sequence, {@code [batch, dState, heads, headDim]}
   */
  public record Output(Operand<TFloat32> y, Operand<TFloat32> after) {}

  /** Adds the scan to the graph; any length, also one that is no multiple of the chunk. */
  public Output apply(Input input) {
    long batch = input.x().shape().get(0);
    long length = input.x().shape().get(1);
    long heads = input.x().shape().get(2);
    long headDim = input.x().shape().get(3);
    long dState = input.b().shape().get(2);
    long chunk = Math.min(chunkSize, length);
    long chunks = (length + chunk - 1) / chunk;
    long padding = chunks * chunk - length;

    // positions beyond the end get dt = 0: they decay nothing and add nothing
    Operand<TFloat32> dt = chunked(input.dt(), padding, batch, chunks, chunk, heads);
    Operand<TFloat32> x = chunked(input.x(), padding, batch, chunks, chunk, heads, headDim);
    Operand<TFloat32> b = chunked(input.b(), padding, batch, chunks, chunk, dState);
    Operand<TFloat32> c = chunked(input.c(), padding, batch, chunks, chunk, dState);

    Operand<TFloat32> log = cumulative(tf.math.mul(dt, input.a()), 2);
    Operand<TFloat32> scaled = tf.math.mul(x, tf.expandDims(dt, tf.constant(-1)));
    Operand<TFloat32> inside = insideChunks(scaled, log, b, c, chunk);

    Operand<TFloat32> total = Axes.slice(tf, log, 2, chunk - 1, 1);
    Operand<TFloat32> toEnd = tf.math.exp(tf.math.sub(total, log));
    Operand<TFloat32> gains =
        einsum("bcjn,bcjhp->bcnhp", b, tf.math.mul(scaled, tf.expandDims(toEnd, tf.constant(-1))));
    Operand<TFloat32> states =
        carry(gains, Axes.reshape(tf, total, batch, chunks, heads), input.before());

    Operand<TFloat32> across =
        tf.math.mul(
            einsum("bcin,bcnhp->bcihp", c, Axes.slice(tf, states, 1, 0, chunks)),
            tf.expandDims(tf.math.exp(log), tf.constant(-1)));
    Operand<TFloat32> y =
        Axes.reshape(tf, tf.math.add(inside, across), batch, chunks * chunk, heads, headDim);
    Operand<TFloat32> last = Axes.slice(tf, states, 1, chunks, 1);
    return new Output(
        padding == 0 ? y : Axes.slice(tf, y, 1, 0, length),
        Axes.reshape(tf, last, batch, dState, heads, headDim));
  }

  /** What tokens of a chunk give to later tokens of the same chunk. */
  private Operand<TFloat32> insideChunks(
      Operand<TFloat32> scaled,
      Operand<TFloat32> log,
      Operand<TFloat32> b,
      Operand<TFloat32> c,
      long chunk) {
    Operand<TFloat32> headsFirst = tf.linalg.transpose(log, tf.constant(new int[] {0, 1, 3, 2}));
    Operand<TFloat32> decay = decay(headsFirst, causal((int) chunk));
    Operand<TFloat32> scores = tf.expandDims(einsum("bcin,bcjn->bcij", c, b), tf.constant(2));
    return einsum("bchij,bcjhp->bcihp", tf.math.mul(decay, scores), scaled);
  }

  /**
   * States before each chunk and after the last one.
   *
   * @param gains what each chunk adds, {@code [batch, chunks, dState, heads, headDim]}
   * @param totals log decay over each chunk, {@code [batch, chunks, heads]}
   * @return {@code [batch, chunks + 1, dState, heads, headDim]}
   */
  private Operand<TFloat32> carry(
      Operand<TFloat32> gains, Operand<TFloat32> totals, @Nullable Operand<TFloat32> before) {
    Operand<TFloat32> start =
        before == null
            ? tf.zerosLike(Axes.slice(tf, gains, 1, 0, 1))
            : tf.expandDims(before, tf.constant(1));
    Operand<TFloat32> sources = Axes.concat(tf, start, gains, 1);
    Operand<TFloat32> log =
        cumulative(
            tf.pad(
                tf.linalg.transpose(totals, tf.constant(new int[] {0, 2, 1})),
                tf.constant(new int[][] {{0, 0}, {0, 0}, {1, 0}}),
                tf.constant(0f)),
            2);
    int states = (int) log.shape().get(2);
    return einsum("bhij,bjnhp->binhp", decay(log, causal(states)), sources);
  }

  /** {@code exp(log_i - log_j)} where {@code mask} is 0, and 0 where it is {@link #MASKED}. */
  private Operand<TFloat32> decay(Operand<TFloat32> log, Operand<TFloat32> mask) {
    Operand<TFloat32> difference =
        tf.math.sub(tf.expandDims(log, tf.constant(-1)), tf.expandDims(log, tf.constant(-2)));
    return tf.math.exp(tf.math.add(difference, mask));
  }

  private Operand<TFloat32> causal(int size) {
    float[][] mask = new float[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = i + 1; j < size; j++) {
        mask[i][j] = MASKED;
      }
    }
    return tf.constant(mask);
  }

  private Operand<TFloat32> cumulative(Operand<TFloat32> x, int axis) {
    return tf.math.cumsum(x, tf.constant(axis), new Cumsum.Options[0]);
  }

  private Operand<TFloat32> chunked(Operand<TFloat32> x, long padding, long... shape) {
    if (padding == 0) {
      return Axes.reshape(tf, x, shape);
    }
    int[][] paddings = new int[x.shape().numDimensions()][2];
    paddings[1][1] = (int) padding;
    return Axes.reshape(tf, tf.pad(x, tf.constant(paddings), tf.constant(0f)), shape);
  }

  private Operand<TFloat32> einsum(
      String equation, Operand<TFloat32> left, Operand<TFloat32> right) {
    return tf.linalg.einsum(List.of(left, right), equation);
  }
}
