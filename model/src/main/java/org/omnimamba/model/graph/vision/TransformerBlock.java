package org.omnimamba.model.graph.vision;

import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One block of a vision transformer: {@code x + ls1(attn(norm1(x)))}, then {@code x +
 * ls2(mlp(norm2(x)))} with an exact GELU.
 */
final class TransformerBlock {
  private final BlockContext context;
  private final TowerConfig config;

  TransformerBlock(BlockContext context, TowerConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * @param x {@code [batch, tokens, dim]}, all sizes known
   * @return {@code [batch, tokens, dim]}
   */
  Operand<TFloat32> apply(Operand<TFloat32> x) {
    Ops tf = context.tf();
    Operand<TFloat32> attended =
        new Attention(context.in("attn"), config.heads()).apply(norm("norm1", x));
    Operand<TFloat32> between = tf.math.add(x, scaled("ls1", attended));
    return tf.math.add(between, scaled("ls2", mlp(norm("norm2", between))));
  }

  private Operand<TFloat32> norm(String name, Operand<TFloat32> x) {
    return new LayerNorm(context.in(name), config.layerNormEps()).apply(x);
  }

  private Operand<TFloat32> mlp(Operand<TFloat32> x) {
    BlockContext mlp = context.in("mlp");
    return mlp.linearWithBias(Activations.gelu(context.tf(), mlp.linearWithBias(x, "fc1")), "fc2");
  }

  private Operand<TFloat32> scaled(String name, Operand<TFloat32> branch) {
    return config.layerScale() ? new LayerScale(context.in(name)).apply(branch) : branch;
  }
}
