package org.omnimamba.training.testing;

import java.util.List;
import java.util.Random;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.LoraConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ProjectorConfig;
import org.omnimamba.model.config.SpecialTokens;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.config.VqConfig;

/** A model for pictures of 16 px whose image parts train in a second, and pictures for it. */
public final class TinyParts {
  public static final int SIZE = 16;
  public static final int PICTURE_BYTES = SIZE * SIZE * 3;

  private TinyParts() {}

  /** 4 x 4 image tokens, 32 codes, two towers of different widths. */
  public static ModelConfig config() {
    VqConfig vq = new VqConfig(32, List.of(1, 1, 1), 1, 32, 32, 4, true, 0);
    LanguageModelConfig language =
        new LanguageModelConfig(
            32, 1, 8, 16, 2, 4, 16, 1e-5f, new LoraConfig(2, 8, 0), 320, 32, 4, 4, 8, 29, 96);
    TowerConfig dino =
        new TowerConfig(
            "dino",
            24,
            3,
            2,
            48,
            2,
            true,
            true,
            false,
            1e-6f,
            TowerConfig.IMAGENET_MEAN,
            TowerConfig.IMAGENET_STD);
    TowerConfig siglip =
        new TowerConfig(
            "siglip",
            16,
            2,
            2,
            32,
            0,
            false,
            false,
            true,
            1e-6f,
            TowerConfig.HALF,
            TowerConfig.HALF);
    return new ModelConfig(
        "tiny-parts",
        language,
        new VisionConfig(SIZE, 4, List.of(dino, siglip)),
        new ProjectorConfig(40, 64, 32),
        vq,
        new SpecialTokens(0, 300, 301, 302, 303, 304, 305, 306));
  }

  /**
   * White paper with one bar: its colour and place say which of eight kinds it is.
   *
   * @param kind 0 to 7
   */
  public static byte[] picture(int kind, Random random) {
    byte[] picture = new byte[PICTURE_BYTES];
    int from = kind % 2 == 0 ? 2 : 9;
    int colour = kind / 2;
    int jitter = random.nextInt(2);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        boolean inside = x >= from + jitter && x < from + jitter + 4 && y > 1 && y < 14;
        for (int channel = 0; channel < 3; channel++) {
          boolean ink = inside && (colour == channel || colour == 3);
          picture[(y * SIZE + x) * 3 + channel] = (byte) (ink ? 20 : 255);
        }
      }
    }
    return picture;
  }
}
