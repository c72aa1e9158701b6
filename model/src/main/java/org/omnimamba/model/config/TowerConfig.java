package org.omnimamba.model.config;

import java.util.List;

/**
 * One vision transformer. The result used is the output of block {@code depth - 2}, without the
 * final norm and without class and register tokens.
 *
 * @param name as in the parameter names: {@code vision_backbone.<name>_featurizer}
 * @param embedDim width
 * @param depth number of blocks in the checkpoint
 * @param heads attention heads
 * @param mlpHidden width of the feed-forward layer
 * @param registerTokens learnt tokens beside the class token
 * @param classToken whether there is a class token
 * @param layerScale whether blocks carry {@code ls1.gamma} and {@code ls2.gamma}
 * @param attentionPool whether the checkpoint carries (unused) {@code attn_pool} tensors
 * @param layerNormEps epsilon of every LayerNorm
 * @param mean per-channel mean that pixels in 0..1 are reduced by
 * @param std per-channel deviation that they are divided by
 */
public record TowerConfig(
    String name,
    int embedDim,
    int depth,
    int heads,
    int mlpHidden,
    int registerTokens,
    boolean classToken,
    boolean layerScale,
    boolean attentionPool,
    float layerNormEps,
    List<Float> mean,
    List<Float> std) {

  /** Pixel statistics of ImageNet, which DINOv2 was trained with. */
  public static final List<Float> IMAGENET_MEAN = List.of(0.485f, 0.456f, 0.406f);

  public static final List<Float> IMAGENET_STD = List.of(0.229f, 0.224f, 0.225f);

  /** SigLIP's mapping of pixels to -1..1. */
  public static final List<Float> HALF = List.of(0.5f, 0.5f, 0.5f);

  public TowerConfig {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (!name.matches("[A-Za-z0-9_]{1,64}")) {
      throw new InvalidConfigException(
          "a tower is called '%s'; letters, digits and _ are allowed".formatted(name));
    }
    String tower = "tower " + name + ": ";
    Limits.check(tower + "embed_dim", embedDim, 1, Limits.WIDTH);
    // the second-last block is used, so there must be one
    Limits.check(tower + "depth", depth, 2, Limits.DEPTH);
    Limits.check(tower + "mlp_hidden", mlpHidden, 1, Limits.ROWS);
    Limits.check(tower + "reg_tokens", registerTokens, 0, Limits.WIDTH);
    Limits.positive(tower + "layer_norm_eps", layerNormEps);
    if (heads <= 0 || embedDim % heads != 0) {
      throw new InvalidConfigException(
          "tower %s: embed_dim %d is not a multiple of num_heads %d"
              .formatted(name, embedDim, heads));
    }
    if (mean.size() != 3 || std.size() != 3) {
      throw new InvalidConfigException(tower + "mean and std need three values each");
    }
    for (float deviation : std) {
      Limits.positive(tower + "std", deviation);
    }
  }

  /** Index of the block whose output is used. */
  public int takeBlock() {
    return depth - 2;
  }

  /** Class and register tokens before the patches. */
  public int prefixTokens() {
    return (classToken ? 1 : 0) + registerTokens;
  }
}
