package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelPresets;

class StepTuningTest {
  /** What a program can have on an H100. */
  static final int SHARED_BYTES = 232_448;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8, 16, 31, 32, 33, 64, 66, 128})
  void everyBatchFitsIntoSharedMemory(int batch) {
    LanguageModelConfig config = ModelPresets.omniMamba1_3B().language();
    LayerSizes sizes = new LayerSizes(config, batch);
    StepTuning tuning = StepTuning.of(sizes);
    ProjectionKernel.Sizes in =
        new ProjectionKernel.Sizes(
            batch, config.dModel(), sizes.projected(), 1, 1e-5f, config.lora().rank());
    ProjectionKernel.Sizes out =
        new ProjectionKernel.Sizes(batch, config.dInner(), config.dModel(), 1, 1e-5f, 0);
    assertThat(ProjectionKernel.sharedBytes(in, tuning.in())).isLessThanOrEqualTo(SHARED_BYTES);
    assertThat(ProjectionKernel.sharedBytes(out, tuning.out())).isLessThanOrEqualTo(SHARED_BYTES);
  }
}
