package org.omnimamba.model.graph.vq;

import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The image tokenizer's encoder: pixels to one vector per token place, before quantization. Every
 * level but the last halves the resolution; only the last has attention, after each res block.
 */
public final class VqEncoder {
  private final BlockContext context;
  private final VqConfig config;

  /**
   * @param context in {@code llm_backbone.vqvae}
   */
  public VqEncoder(BlockContext context, VqConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * @param image {@code [batch, height, width, 3]} in -1..1, sides multiples of the downsample
   *     factor
   * @return {@code [batch, height / factor, width / factor, codebookDim]}
   */
  public Operand<TFloat32> apply(Operand<TFloat32> image) {
    return new Convolution(context.in("quant_conv")).pointwise(trace(image).last());
  }

  /** The outputs of all modules up to {@code conv_out}. */
  VqTrace trace(Operand<TFloat32> image) {
    VqTrace trace = new VqTrace(context.in("encoder"), image).convolution("conv_in");
    int levels = config.channelMultipliers().size();
    int channels = 0;
    for (int level = 0; level < levels; level++) {
      channels = config.channels() * config.channelMultipliers().get(level);
      String block = "conv_blocks." + level;
      for (int i = 0; i < config.resBlocks(); i++) {
        trace.resnet(block + ".res." + i, channels);
        if (level == levels - 1) {
          trace.attention(block + ".attn." + i);
        }
      }
      if (level < levels - 1) {
        trace.downsample(block + ".downsample");
      }
    }
    return trace.middle(channels).head();
  }
}
