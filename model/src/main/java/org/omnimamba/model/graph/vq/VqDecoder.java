package org.omnimamba.model.graph.vq;

import org.omnimamba.model.config.VqConfig;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The image tokenizer's decoder: codebook entries to pixels. Levels go from the lowest resolution
 * (the only one with attention, after each res block) to the highest; all but the last double it.
 */
public final class VqDecoder {
  private final BlockContext context;
  private final VqConfig config;

  /**
   * @param context in {@code llm_backbone.vqvae}
   */
  public VqDecoder(BlockContext context, VqConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * @param entries {@code [batch, rows, columns, codebookDim]}, all sizes known
   * @return {@code [batch, rows * factor, columns * factor, 3]}, about -1..1
   */
  public Operand<TFloat32> apply(Operand<TFloat32> entries) {
    return trace(entries).last();
  }

  /** The outputs of all modules from {@code conv_in} on. */
  VqTrace trace(Operand<TFloat32> entries) {
    Operand<TFloat32> widened = new Convolution(context.in("post_quant_conv")).pointwise(entries);
    int levels = config.channelMultipliers().size();
    VqTrace trace = new VqTrace(context.in("decoder"), widened).convolution("conv_in");
    trace.middle(channels(levels - 1));
    for (int step = 0; step < levels; step++) {
      int level = levels - 1 - step;
      String block = "conv_blocks." + step;
      for (int i = 0; i <= config.resBlocks(); i++) {
        trace.resnet(block + ".res." + i, channels(level));
        if (step == 0) {
          trace.attention(block + ".attn." + i);
        }
      }
      if (level > 0) {
        trace.upsample(block + ".upsample");
      }
    }
    return trace.head();
  }

  private int channels(int level) {
    return config.channels() * config.channelMultipliers().get(level);
  }
}
