package org.omnimamba.benchmarks.figures;

import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ProjectorConfig;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.config.VqConfig;

/** Floating-point operations of matrix products and convolutions, in billions. */
public final class VisionFlops {
  private static final double GIGA = 1e9;

  private VisionFlops() {}

  /** Towers and projector for one image. */
  public static double encode(ModelConfig config) {
    VisionConfig vision = config.vision();
    double sum = 0;
    for (TowerConfig tower : vision.towers()) {
      double tokens = vision.patches() + tower.prefixTokens();
      double width = tower.embedDim();
      double block =
          2 * tokens * width * (4 * width + 2.0 * tower.mlpHidden()) + 4 * tokens * tokens * width;
      double patch = 3.0 * vision.patchSize() * vision.patchSize();
      sum += (tower.depth() - 1) * block + 2 * vision.patches() * patch * width;
    }
    ProjectorConfig projector = config.projector();
    double hidden = projector.hiddenDim();
    double out = projector.outDim();
    sum += 2 * vision.patches() * (projector.inDim() * hidden + hidden * out + out * out);
    return sum / GIGA;
  }

  /** Image tokens to one picture. */
  public static double decode(ModelConfig config) {
    VqConfig vq = config.vq();
    double places = config.language().imageTokens();
    int levels = vq.channelMultipliers().size();
    double width = vq.channels() * (double) vq.channelMultipliers().get(levels - 1);
    double sum = convolution(places, vq.zChannels(), width);
    sum += 4 * convolution(places, width, width) + attention(places, width);
    for (int level = levels - 1; level >= 0; level--) {
      double next = vq.channels() * (double) vq.channelMultipliers().get(level);
      for (int i = 0; i <= vq.resBlocks(); i++) {
        sum += convolution(places, width, next) + convolution(places, next, next);
        sum += width == next ? 0 : 2 * places * width * next;
        sum += level == levels - 1 ? attention(places, next) : 0;
        width = next;
      }
      if (level > 0) {
        places *= 4;
        sum += convolution(places, width, width);
      }
    }
    return (sum + convolution(places, width, 3)) / GIGA;
  }

  /** One picture to image tokens. */
  public static double tokenize(ModelConfig config) {
    VqConfig vq = config.vq();
    int levels = vq.channelMultipliers().size();
    double places = config.language().imageTokens() * Math.pow(4, levels - 1);
    double width = vq.channels();
    double sum = convolution(places, 3, width);
    for (int level = 0; level < levels; level++) {
      double next = vq.channels() * (double) vq.channelMultipliers().get(level);
      for (int i = 0; i < vq.resBlocks(); i++) {
        sum += convolution(places, width, next) + convolution(places, next, next);
        sum += width == next ? 0 : 2 * places * width * next;
        sum += level == levels - 1 ? attention(places, next) : 0;
        width = next;
      }
      if (level < levels - 1) {
        places /= 4;
        sum += convolution(places, width, width);
      }
    }
    sum += 4 * convolution(places, width, width) + attention(places, width);
    return (sum + convolution(places, width, vq.zChannels())) / GIGA;
  }

  private static double convolution(double places, double in, double out) {
    return 2 * 9 * places * in * out;
  }

  private static double attention(double places, double width) {
    return 8 * places * width * width + 4 * places * places * width;
  }
}
