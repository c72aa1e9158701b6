package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.kernel.tile.Kernel;

class PromptTuningTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 64, 72, 128, 256, 384, 512, 768, 1024, 1536, 2048})
  void everyLengthFitsIntoSharedMemory(int length) {
    LanguageModelConfig config = ModelPresets.omniMamba1_3B().language();
    PromptTuning tuning = PromptTuning.of(new LayerSizes(config, length));
    for (PromptProjectionKernel.Tuning one :
        new PromptProjectionKernel.Tuning[] {tuning.adapter(), tuning.in(), tuning.out()}) {
      PromptProjectionKernel.Sizes sizes =
          new PromptProjectionKernel.Sizes(length, 4096, 2048, 1, 1e-5f);
      Kernel kernel = PromptProjectionKernel.plain(sizes, one);
      int bytes = SharedMemory.bytesOfARound(kernel) * kernel.launch().stages();
      assertThat(PromptProjectionKernel.sharedBytes(sizes, one)).isEqualTo(bytes);
      assertThat(bytes).isLessThanOrEqualTo(SharedMemory.H100);
    }
  }

  /** A chunk of the states is a chunk of the outputs. */
  @ParameterizedTest
  @ValueSource(ints = {1, 64, 256, 2048})
  void bothHalvesOfTheStateSpaceHaveTheSameChunks(int length) {
    PromptTuning tuning =
        PromptTuning.of(new LayerSizes(ModelPresets.omniMamba1_3B().language(), length));
    assertThat(tuning.outputs().chunk()).isEqualTo(tuning.states().chunk());
  }
}
