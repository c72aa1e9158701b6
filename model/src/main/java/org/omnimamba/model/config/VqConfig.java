package org.omnimamba.model.config;

import java.util.List;

/**
 * The VQ-16 image tokenizer.
 *
 * @param channels base width
 * @param channelMultipliers width of each resolution level over {@code channels}; all levels but
 *     the last halve the resolution
 * @param resBlocks residual blocks per encoder level (the decoder has one more)
 * @param zChannels width between encoder and quantizer
 * @param codebookSize number of codes
 * @param codebookDim width of a code
 * @param l2Norm whether codes and encoder output are l2-normalised at each use
 * @param usedCounters length of the unused {@code codebook_used} buffer in the checkpoint
 */
public record VqConfig(
    int channels,
    List<Integer> channelMultipliers,
    int resBlocks,
    int zChannels,
    int codebookSize,
    int codebookDim,
    boolean l2Norm,
    int usedCounters) {

  /** Groups of every GroupNorm. */
  public static final int GROUPS = 32;

  /** Epsilon of every GroupNorm. */
  public static final float GROUP_NORM_EPS = 1e-6f;

  /** More would be over 2,000 pixels per token. */
  private static final int MAX_LEVELS = 12;

  public VqConfig {
    channelMultipliers = List.copyOf(channelMultipliers);
    Limits.check("number of vq.ch_mult", channelMultipliers.size(), 1, MAX_LEVELS);
    for (int multiplier : channelMultipliers) {
      Limits.check("vq.ch_mult", multiplier, 1, Limits.FACTOR);
    }
    Limits.check("vq.ch", channels, 1, Limits.WIDTH);
    Limits.check("vq.num_res_blocks", resBlocks, 1, Limits.FACTOR);
    Limits.check("vq.z_channels", zChannels, 1, Limits.WIDTH);
    Limits.check("vq.codebook_size", codebookSize, 1, Limits.ROWS);
    Limits.check("vq.codebook_dim", codebookDim, 1, Limits.WIDTH);
    Limits.check("vq.codebook_used", usedCounters, 0, Limits.ROWS);
    if (channels % GROUPS != 0) {
      throw new InvalidConfigException(
          "vq.ch %d is not a multiple of the %d norm groups".formatted(channels, GROUPS));
    }
  }

  /** Pixels per image token along one side. */
  public int downsampleFactor() {
    return 1 << (channelMultipliers.size() - 1);
  }
}
