package org.omnimamba.model.checkpoint.schema;

import java.util.List;
import org.omnimamba.model.config.VqConfig;

/** Parameters of the image tokenizer. */
final class VqShapes {
  private static final int COLOURS = 3;

  private VqShapes() {}

  static void add(ShapeList list, VqConfig config) {
    encoder(list.in("encoder."), config);
    decoder(list.in("decoder."), config);
    list.add("quantize.codebook_used", config.usedCounters());
    list.add("quantize.embedding.weight", config.codebookSize(), config.codebookDim());
    list.conv("quant_conv", config.codebookDim(), config.zChannels(), 1);
    list.conv("post_quant_conv", config.zChannels(), config.codebookDim(), 1);
  }

  private static void encoder(ShapeList list, VqConfig config) {
    List<Integer> multipliers = config.channelMultipliers();
    int last = multipliers.size() - 1;
    long width = config.channels();
    list.conv("conv_in", width, COLOURS, 3);
    for (int level = 0; level <= last; level++) {
      ShapeList blocks = list.in("conv_blocks." + level + ".");
      long out = (long) config.channels() * multipliers.get(level);
      level(blocks, config.resBlocks(), width, out, level == last);
      width = out;
      if (level != last) {
        blocks.conv("downsample.conv", width, width, 3);
      }
    }
    middle(list, width);
    list.norm("norm_out", width);
    list.conv("conv_out", config.zChannels(), width, 3);
  }

  private static void decoder(ShapeList list, VqConfig config) {
    List<Integer> multipliers = config.channelMultipliers();
    int last = multipliers.size() - 1;
    long width = (long) config.channels() * multipliers.get(last);
    list.conv("conv_in", width, config.zChannels(), 3);
    middle(list, width);
    for (int level = 0; level <= last; level++) {
      ShapeList blocks = list.in("conv_blocks." + level + ".");
      long out = (long) config.channels() * multipliers.get(last - level);
      level(blocks, config.resBlocks() + 1, width, out, level == 0);
      width = out;
      if (level != last) {
        blocks.conv("upsample.conv", width, width, 3);
      }
    }
    list.norm("norm_out", width);
    list.conv("conv_out", COLOURS, width, 3);
  }

  /** Attention stands at the lowest resolution only. */
  private static void level(ShapeList list, int blocks, long in, long out, boolean attention) {
    for (int i = 0; i < blocks; i++) {
      residual(list.in("res." + i + "."), i == 0 ? in : out, out);
    }
    for (int i = 0; attention && i < blocks; i++) {
      attention(list.in("attn." + i + "."), out);
    }
  }

  private static void middle(ShapeList list, long width) {
    residual(list.in("mid.0."), width, width);
    attention(list.in("mid.1."), width);
    residual(list.in("mid.2."), width, width);
  }

  private static void residual(ShapeList list, long in, long out) {
    list.norm("norm1", in).conv("conv1", out, in, 3);
    list.norm("norm2", out).conv("conv2", out, out, 3);
    if (in != out) {
      list.conv("nin_shortcut", out, in, 1);
    }
  }

  private static void attention(ShapeList list, long width) {
    list.norm("norm", width);
    list.conv("q", width, width, 1);
    list.conv("k", width, width, 1);
    list.conv("v", width, width, 1);
    list.conv("proj_out", width, width, 1);
  }
}
