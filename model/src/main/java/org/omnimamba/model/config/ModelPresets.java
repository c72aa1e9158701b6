package org.omnimamba.model.config;

import java.util.List;

/** The sizes of the two released models (from the reference's code), and of an untrained one. */
public final class ModelPresets {
  private static final int GRID = 16;
  private static final int CAPTION_TOKENS = 68;

  /** The reference adds 73: prompt, and one more for the token that closes the image. */
  private static final int T2I_POSITIONS = GRID * GRID + 73;

  private ModelPresets() {}

  /** OmniMamba-1.3B: width 2048, 48 layers. */
  public static ModelConfig omniMamba1_3B() {
    return withWidth("omnimamba-1.3b", 2048);
  }

  /** OmniMamba-L: width 1024, 48 layers; the other parts as in the larger one. */
  public static ModelConfig omniMambaL() {
    return withWidth("omnimamba-l", 1024);
  }

  /**
   * Small sizes for a model that was never trained: it makes noise, but everything around it can be
   * tried. Images have 256 pixels a side as with the released models.
   */
  public static ModelConfig untrained() {
    VisionConfig vision =
        new VisionConfig(
            56,
            14,
            List.of(
                tower(
                    "dino", 48, 3, 3, 4, true, TowerConfig.IMAGENET_MEAN, TowerConfig.IMAGENET_STD),
                tower("siglip", 32, 3, 2, 0, false, TowerConfig.HALF, TowerConfig.HALF)));
    VqConfig vq = new VqConfig(32, List.of(1, 1, 1, 1, 1), 1, 32, 256, 8, true, 65536);
    LanguageModelConfig language =
        new LanguageModelConfig(
            64,
            2,
            16,
            16,
            2,
            4,
            32,
            1e-5f,
            new LoraConfig(8, 32f, 0.05f),
            272,
            vq.codebookSize(),
            GRID,
            GRID,
            CAPTION_TOKENS,
            T2I_POSITIONS,
            1500);
    return new ModelConfig(
        "omnimamba-untrained",
        language,
        vision,
        new ProjectorConfig(vision.featureDim(), 4 * vision.featureDim(), language.dModel()),
        vq,
        new SpecialTokens(0, 257, 258, 259, 260, 261, 262, 263));
  }

  private static TowerConfig tower(
      String name,
      int width,
      int depth,
      int heads,
      int registers,
      boolean classToken,
      List<Float> mean,
      List<Float> std) {
    return new TowerConfig(
        name,
        width,
        depth,
        heads,
        4 * width,
        registers,
        classToken,
        classToken,
        false,
        1e-6f,
        mean,
        std);
  }

  private static ModelConfig withWidth(String name, int dModel) {
    VisionConfig vision = new VisionConfig(384, 14, List.of(dino(), siglip()));
    VqConfig vq = new VqConfig(128, List.of(1, 1, 2, 2, 4), 2, 256, 16384, 8, true, 65536);
    LanguageModelConfig language =
        new LanguageModelConfig(
            dModel,
            48,
            128,
            64,
            2,
            4,
            256,
            1e-5f,
            new LoraConfig(8, 32f, 0.05f),
            50288,
            vq.codebookSize(),
            GRID,
            GRID,
            CAPTION_TOKENS,
            T2I_POSITIONS,
            1500);
    ProjectorConfig projector =
        new ProjectorConfig(vision.featureDim(), 4 * vision.featureDim(), dModel);
    SpecialTokens tokens = new SpecialTokens(0, 50277, 50278, 50279, 50280, 50281, 50282, 50283);
    return new ModelConfig(name, language, vision, projector, vq, tokens);
  }

  /** DINOv2 ViT-L/14 with four registers. */
  private static TowerConfig dino() {
    return new TowerConfig(
        "dino",
        1024,
        24,
        16,
        4096,
        4,
        true,
        true,
        false,
        1e-6f,
        TowerConfig.IMAGENET_MEAN,
        TowerConfig.IMAGENET_STD);
  }

  /** SigLIP so400m/14. */
  private static TowerConfig siglip() {
    return new TowerConfig(
        "siglip",
        1152,
        27,
        16,
        4304,
        0,
        false,
        false,
        true,
        1e-6f,
        TowerConfig.HALF,
        TowerConfig.HALF);
  }
}
