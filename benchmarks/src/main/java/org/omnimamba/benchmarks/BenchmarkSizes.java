package org.omnimamba.benchmarks;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.ProjectorConfig;

/** Sizes of models that are measured, by their names. */
public final class BenchmarkSizes {
  private BenchmarkSizes() {}

  /**
   * The configuration.
   *
   * @param name {@code 1.3b}, {@code l}, {@code small} (width 768, 12 layers, everything else as in
   *     the released models) or {@code tiny} (every part small, to try a benchmark itself)
   */
  public static ModelConfig named(String name) {
    return switch (name) {
      case "1.3b" -> ModelPresets.omniMamba1_3B();
      case "l" -> ModelPresets.omniMambaL();
      case "small" -> small();
      case "tiny" -> ModelPresets.untrained();
      default -> throw new IllegalArgumentException("no sizes called " + name);
    };
  }

  private static ModelConfig small() {
    ModelConfig large = ModelPresets.omniMambaL();
    LanguageModelConfig l = large.language();
    LanguageModelConfig language =
        new LanguageModelConfig(
            768,
            12,
            l.dState(),
            l.headDim(),
            l.expand(),
            l.dConv(),
            l.chunkSize(),
            l.rmsNormEps(),
            l.lora(),
            l.textVocabSize(),
            l.imageVocabSize(),
            l.imageGridHeight(),
            l.imageGridWidth(),
            l.maxCaptionTokens(),
            l.t2iPositions(),
            l.mmuPositions());
    ProjectorConfig p = large.projector();
    return new ModelConfig(
        "width-768-layers-12",
        language,
        large.vision(),
        new ProjectorConfig(p.inDim(), p.hiddenDim(), 768),
        large.vq(),
        large.specialTokens());
  }
}
