package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.kernel.tile.Kernel;

class StepTuningTest {
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
    assertFits(in, tuning.in());
    assertFits(out, tuning.out());
  }

  /** The formula holds for the instructions: all stages but the last are loads in flight. */
  private static void assertFits(ProjectionKernel.Sizes sizes, ProjectionKernel.Tuning tuning) {
    Kernel kernel = ProjectionKernel.plain(sizes, tuning);
    int bytes = SharedMemory.bytesOfARound(kernel) * (kernel.launch().stages() - 1);
    assertThat(ProjectionKernel.sharedBytes(sizes, tuning)).isEqualTo(bytes);
    assertThat(bytes).isLessThanOrEqualTo(SharedMemory.H100);
  }

  /** {@code out_proj} takes most: [16, 256] of the weight and [batch, 256] of x, in five stages. */
  @ParameterizedTest
  @CsvSource({"1, 0", "8, 81920", "32, 122880", "64, 204800"})
  void theLargestTakesWhatTheDocumentationSays(int batch, int bytes) {
    LanguageModelConfig config = ModelPresets.omniMamba1_3B().language();
    StepTuning tuning = StepTuning.of(new LayerSizes(config, batch));
    ProjectionKernel.Sizes out =
        new ProjectionKernel.Sizes(batch, config.dInner(), config.dModel(), 1, 1e-5f, 0);
    assertThat(ProjectionKernel.sharedBytes(out, tuning.out())).isEqualTo(bytes);
  }
}
