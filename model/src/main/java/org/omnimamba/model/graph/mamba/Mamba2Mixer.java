package org.omnimamba.model.graph.mamba;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.graph.Axes;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.Ordering;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The Mamba-2 mixer with task adapters: {@code in_proj} to z, xBC and dt, causal convolution,
 * selective state space, gated norm, {@code out_proj}. One group: B and C are shared by all heads.
 */
public final class Mamba2Mixer {
  private final BlockContext context;
  private final LanguageModelConfig config;
  private final TaskLora lora;
  private final CausalConv conv;

  /** A mixer whose parameters are in {@code context}, such as {@code layers.0.mixer}. */
  public Mamba2Mixer(BlockContext context, LanguageModelConfig config, TaskLora lora) {
    this.context = context;
    this.config = config;
    this.lora = lora;
    this.conv = new CausalConv(context.in("conv1d"), config.dConv(), config.convDim());
  }

  /**
   * What a mixer gives.
   *
   * @param out like the input, {@code [..., dModel]}
   * @param after the state after the input
   */
  public record Output(Operand<TFloat32> out, MixerState after) {}

  /** in_proj's output, cut into its parts along the last axis. */
  private record Parts(Operand<TFloat32> z, Operand<TFloat32> xbc, Operand<TFloat32> dt) {}

  /**
   * Runs a sequence.
   *
   * @param u {@code [batch, length, dModel]}
   * @param lengths how many tokens of each row count, {@code [batch]}; the rest is padding on the
   *     right that leaves the state alone. Null if all do
   * @param before the state in front; null for a start from nothing
   */
  public Output sequence(
      Operand<TFloat32> u, @Nullable Operand<TInt64> lengths, @Nullable MixerState before) {
    Ops tf = context.tf();
    long batch = u.shape().get(0);
    long length = u.shape().get(1);
    Parts parts = project(u);
    Operand<TFloat32> convBefore = before == null ? null : before.conv();
    Operand<TFloat32> xbc = conv.sequence(parts.xbc(), convBefore);
    context.expose("conv_silu_out_xBC", xbc);
    Operand<TFloat32> dt = stepSizes(parts.dt());
    if (lengths != null) {
      dt = tf.math.mul(dt, tf.expandDims(counted(length, lengths), tf.constant(-1)));
    }
    Operand<TFloat32> x =
        Axes.reshape(tf, xOf(xbc), batch, length, config.heads(), config.headDim());
    ChunkedScan.Output scan =
        new ChunkedScan(tf, config.chunkSize())
            .apply(
                new ChunkedScan.Input(
                    x, dt, decayRates(), bOf(xbc), cOf(xbc), before == null ? null : before.ssm()));
    Operand<TFloat32> y = Axes.reshape(tf, skip(scan.y(), x), batch, length, config.dInner());
    MixerState after =
        new MixerState(conv.stateAfter(parts.xbc(), convBefore, lengths), scan.after());
    return new Output(finish(y, parts.z()), after);
  }

  /**
   * Runs one token per row.
   *
   * @param u {@code [batch, dModel]}
   * @param active 1 for rows that take part, 0 for rows whose SSM state stays, {@code [batch]};
   *     null if all do
   */
  public Output step(Operand<TFloat32> u, @Nullable Operand<TFloat32> active, MixerState before) {
    Ops tf = context.tf();
    long batch = u.shape().get(0);
    Parts parts = project(u);
    Operand<TFloat32> xbc = conv.newest(conv.shift(parts.xbc(), before.conv()));
    Operand<TFloat32> x = Axes.reshape(tf, xOf(xbc), batch, config.heads(), config.headDim());
    Operand<TFloat32> dt = stepSizes(parts.dt());
    if (active != null) {
      dt = tf.math.mul(dt, tf.expandDims(active, tf.constant(1)));
    }
    RecurrentStep.Output step =
        new RecurrentStep(tf)
            .apply(new RecurrentStep.Input(x, dt, decayRates(), bOf(xbc), cOf(xbc), before.ssm()));
    Operand<TFloat32> y = Axes.reshape(tf, skip(step.y(), x), batch, config.dInner());
    Operand<TFloat32> window = conv.shift(Ordering.after(tf, parts.xbc(), xbc), before.conv());
    return new Output(finish(y, parts.z()), new MixerState(window, step.after()));
  }

  private Parts project(Operand<TFloat32> u) {
    Operand<TFloat32> projected = lora.project(context.in("in_proj"), u);
    context.expose("in_proj_out_zxBCdt", projected);
    return new Parts(
        last(projected, 0, config.dInner()),
        last(projected, config.dInner(), config.convDim()),
        last(projected, config.dInner() + config.convDim(), config.heads()));
  }

  /** {@code softplus(dt + dt_bias)}, without a limit. */
  private Operand<TFloat32> stepSizes(Operand<TFloat32> dt) {
    Ops tf = context.tf();
    Operand<TFloat32> sizes = tf.math.softplus(tf.math.add(dt, context.parameter("dt_bias")));
    context.expose("dt_after_bias_softplus", sizes);
    return sizes;
  }

  private Operand<TFloat32> decayRates() {
    return context.tf().math.neg(context.tf().math.exp(context.parameter("A_log")));
  }

  /** {@code y + D x}; heads and headDim are the last two axes. */
  private Operand<TFloat32> skip(Operand<TFloat32> y, Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TFloat32> perHead = tf.expandDims(context.parameter("D"), tf.constant(-1));
    return tf.math.add(y, tf.math.mul(x, perHead));
  }

  private Operand<TFloat32> finish(Operand<TFloat32> y, Operand<TFloat32> z) {
    context.expose("ssd_out_y_with_D", y);
    Operand<TFloat32> gated = new GatedRmsNorm(context.in("norm"), config.rmsNormEps()).apply(y, z);
    context.expose("gated_norm_out", gated);
    Operand<TFloat32> out = context.linear(gated, "out_proj.weight");
    context.expose("out", out);
    return out;
  }

  /** 1 at the first {@code lengths} positions of each row, else 0: {@code [batch, length]}. */
  private Operand<TFloat32> counted(long length, Operand<TInt64> lengths) {
    Ops tf = context.tf();
    long[] positions = new long[(int) length];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = i;
    }
    return tf.dtypes.cast(
        tf.math.less(
            tf.expandDims(tf.constant(positions), tf.constant(0)),
            tf.expandDims(lengths, tf.constant(1))),
        TFloat32.class);
  }

  private Operand<TFloat32> xOf(Operand<TFloat32> xbc) {
    return last(xbc, 0, config.dInner());
  }

  private Operand<TFloat32> bOf(Operand<TFloat32> xbc) {
    return last(xbc, config.dInner(), config.dState());
  }

  private Operand<TFloat32> cOf(Operand<TFloat32> xbc) {
    return last(xbc, config.dInner() + config.dState(), config.dState());
  }

  private Operand<TFloat32> last(Operand<TFloat32> x, int from, int size) {
    return Axes.slice(context.tf(), x, x.shape().numDimensions() - 1, from, size);
  }
}
