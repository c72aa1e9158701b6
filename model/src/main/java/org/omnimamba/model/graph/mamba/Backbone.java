package org.omnimamba.model.graph.mamba;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.Segments;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The stack of Mamba-2 layers: {@code residual += h; h = mixer(rms(residual))}, and a final norm.
 * The residual stream is float32 at any precision. There are no MLP and no attention layers.
 */
public final class Backbone {
  /** Where the backbone, its embeddings and position tables stand in a checkpoint. */
  public static final String PREFIX = "llm_backbone.mamba.backbone";

  private final BlockContext context;
  private final LanguageModelConfig config;
  private final TaskLora lora;

  /** Layers whose parameters are in {@code context}, {@link #PREFIX}. */
  public Backbone(BlockContext context, LanguageModelConfig config, TaskLora lora) {
    this.context = context;
    this.config = config;
    this.lora = lora;
  }

  /** How one layer's mixer is called. */
  private interface MixerCall {
    Mamba2Mixer.Output apply(Mamba2Mixer mixer, Operand<TFloat32> u, @Nullable MixerState before);
  }

  /**
   * Runs a sequence.
   *
   * @param embeddings positions applied, {@code [batch, length, dModel]}
   * @param lengths how many tokens of each row count, {@code [batch]}; null if all do
   * @return hidden values after the final norm, {@code [batch, length, dModel]}
   */
  public Operand<TFloat32> sequence(
      Operand<TFloat32> embeddings, @Nullable Operand<TInt64> lengths, LayerStates states) {
    return run(embeddings, states, (mixer, u, before) -> mixer.sequence(u, lengths, before));
  }

  /**
   * Runs one token per row.
   *
   * @param embeddings position applied, {@code [batch, dModel]}
   * @param active 1 for rows that take part, 0 for rows whose SSM state stays, {@code [batch]};
   *     null if all do
   * @param states must know a state for every layer
   * @return hidden values after the final norm, {@code [batch, dModel]}
   */
  public Operand<TFloat32> step(
      Operand<TFloat32> embeddings, @Nullable Operand<TFloat32> active, LayerStates states) {
    return run(
        embeddings,
        states,
        (mixer, u, before) -> mixer.step(u, active, Objects.requireNonNull(before, "state")));
  }

  private Operand<TFloat32> run(Operand<TFloat32> embeddings, LayerStates states, MixerCall call) {
    Segments segments = context.segments();
    Operand<TFloat32> residual = embeddings;
    int next = 0;
    while (next < config.layers()) {
      int from = next;
      int count = Math.min(segments.layers(), config.layers() - from);
      residual = segments.add(residual, input -> layers(input, from, count, states, call));
      next = from + count;
    }
    Operand<TFloat32> hidden =
        new RmsNorm(context.in("norm_f"), config.rmsNormEps()).apply(residual);
    context.expose("final_hidden", hidden);
    return hidden;
  }

  private Operand<TFloat32> layers(
      Operand<TFloat32> input, int from, int count, LayerStates states, MixerCall call) {
    Ops tf = context.tf();
    Operand<TFloat32> residual = input;
    for (int layer = from; layer < from + count; layer++) {
      BlockContext inLayer = context.in("layers." + layer);
      inLayer.expose("residual", residual);
      Operand<TFloat32> u = new RmsNorm(inLayer.in("norm"), config.rmsNormEps()).apply(residual);
      inLayer.expose("mixer_in", u);
      Mamba2Mixer mixer = new Mamba2Mixer(inLayer.in("mixer"), config, lora);
      Mamba2Mixer.Output output = call.apply(mixer, u, states.before(layer));
      states.after(layer, output.after());
      residual = tf.math.add(residual, output.out());
    }
    return residual;
  }
}
