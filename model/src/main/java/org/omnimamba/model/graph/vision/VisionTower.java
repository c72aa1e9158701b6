package org.omnimamba.model.graph.vision;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One vision transformer up to its second-last block, as the reference reads it: no final norm, and
 * class and register tokens are cut off. Positions are added to patches only. The last block, the
 * final norm and an attention pool are in the checkpoint, but no result depends on them.
 */
public final class VisionTower {
  private final BlockContext context;
  private final TowerConfig config;
  private final int patch;

  /**
   * @param context at the tower's parameters, for example in {@code
   *     vision_backbone.dino_featurizer}
   * @param patch side of a patch in pixels
   */
  public VisionTower(BlockContext context, TowerConfig config, int patch) {
    this.context = context;
    this.config = config;
    this.patch = patch;
  }

  /**
   * @param pixels {@code [batch, 3, height, width]} normalised, all sizes known
   * @return {@code [batch, patches, embedDim]}
   */
  public Operand<TFloat32> features(Operand<TFloat32> pixels) {
    Operand<TFloat32> tokens = tokens(patches(pixels));
    for (int block = 0; block <= config.takeBlock(); block++) {
      tokens = block(block, tokens);
    }
    return withoutPrefix(tokens);
  }

  /** {@code [batch, patches, embedDim]} before positions. */
  Operand<TFloat32> patches(Operand<TFloat32> pixels) {
    return new PatchEmbedding(context.in("patch_embed"), patch).apply(pixels);
  }

  /** {@code [batch, prefix + patches, embedDim]}: class token, register tokens, patches. */
  Operand<TFloat32> tokens(Operand<TFloat32> patches) {
    Ops tf = context.tf();
    long batch = patches.shape().get(0);
    List<Operand<TFloat32>> parts = new ArrayList<>();
    if (config.classToken()) {
      parts.add(repeated("cls_token", batch, 1));
    }
    if (config.registerTokens() > 0) {
      parts.add(repeated("reg_token", batch, config.registerTokens()));
    }
    parts.add(tf.math.add(patches, context.parameter("pos_embed")));
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(1));
  }

  /** The output of block {@code index} for the output of the one before. */
  Operand<TFloat32> block(int index, Operand<TFloat32> tokens) {
    return new TransformerBlock(context.in("blocks." + index), config).apply(tokens);
  }

  private Operand<TFloat32> repeated(String token, long batch, int count) {
    return context.broadcast(context.parameter(token), batch, count, config.embedDim());
  }

  private Operand<TFloat32> withoutPrefix(Operand<TFloat32> tokens) {
    int prefix = config.prefixTokens();
    if (prefix == 0) {
      return tokens;
    }
    Shape shape = tokens.shape();
    return context.slice(
        tokens,
        new long[] {0, prefix, 0},
        new long[] {shape.get(0), shape.get(1) - prefix, shape.get(2)});
  }
}
