package org.omnimamba.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.InferenceProperties.PictureProperties;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.device.CompileTimes;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptIds;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;
import org.springframework.util.unit.DataSize;

class DryRunsTest {
  private static final int SLOTS = 4;
  private static final int CHUNK = 16;

  @Test
  void afterCompilingSideBySideNothingIsLeftToCompileAndNoPromptNotices() {
    try (OmniMamba model =
        OmniMamba.load(TinyModel.directory(), TestDevice.exact().withSlots(SLOTS))) {
      PromptIds prompt = PromptIds.t2i(new int[] {1, 2, 3, 4, 5});
      float[] before = model.language().prefill(3, prompt, 0, 5);
      DryRuns dryRuns = new DryRuns(model, SLOTS, CHUNK);
      Set<String> compiled = ConcurrentHashMap.newKeySet();
      model.compileFor(dryRuns::everything, 2, (function, nanos) -> compiled.add(function));
      int functions = model.compiledFunctions();
      // the one above need not be among those of the dry runs
      assertThat(compiled).hasSizeBetween(functions - 1, functions);
      // one token of batches of 1, 2 and 4 of each task, and of both from 2 on
      assertThat(compiled).filteredOn(name -> name.contains("step_")).hasSize(3 + 3 + 2);

      dryRuns.everything();
      dryRuns.oneOfEachTask();
      assertThat(model.compiledFunctions()).isEqualTo(functions);
      assertThat(model.language().prefill(3, prompt, 0, 5))
          .as("prompts start from zeros still")
          .containsExactly(before);
    }
  }

  @Test
  void theFirstPhotoAndPictureOfAnUncompiledModelAddNoFunction() {
    RuntimeOptions options = TestDevice.exact().withSlots(SLOTS);
    try (OmniMamba model =
        OmniMamba.load(
            TinyModel.directory(),
            options.withExecution(options.execution().withCompile(TestDevice.isGpu())))) {
      LanguageModel language = model.language();
      DryRuns dryRuns = new DryRuns(model, SLOTS, 256);
      dryRuns.oneOfEachKind();
      dryRuns.oneOfEachTask();
      int functions = model.functions();

      int places = model.config().vision().patches();
      PromptIds question = PromptIds.mmu(new int[14], 1);
      int length = places + 14;
      language.prefill(0, question, 0, 2 + places);
      language.prefill(0, question, 2 + places, length);
      model.vision().encode(blank(model.config().vision()), language.images(), 1);
      model.images().decode(List.of(new int[model.images().tokens()]));
      model.images().decodePartial(new int[model.images().tokens() - 1]);
      language.copyState(0, 3);
      language.writeState(1, language.readState(0));
      language.step(List.of(StepRow.forLogits(Task.MMU, 0, 1, length)));
      assertThat(model.functions()).isEqualTo(functions);
    }
  }

  private static ImagePixels blank(VisionConfig vision) {
    float[] tower = new float[3 * vision.imageSize() * vision.imageSize()];
    return new ImagePixels(vision.imageSize(), Collections.nCopies(vision.towers().size(), tower));
  }

  @Test
  void aPartOfTheGpuIsForPicturesUnlessSlotsAreCounted() {
    long state = 52_000_000;
    PictureProperties unset = new PictureProperties(null, 0.1, DataSize.ofBytes(0), false);
    assertThat(unset.slotsOn(() -> 0, state)).isEqualTo(2);
    assertThat(unset.slotsOn(() -> 8_000_000_000L, state)).isEqualTo(15);
    assertThat(unset.slotsOn(() -> 80_000_000_000L, state)).isEqualTo(153);
    assertThat(unset.slotsOn(() -> 400_000_000_000L, state)).isEqualTo(256);
    PictureProperties counted = new PictureProperties(3, 0.1, DataSize.ofBytes(0), false);
    assertThat(counted.slotsOn(() -> 80_000_000_000L, state)).isEqualTo(3);
    assertThat(counted.slotsOn(() -> 0, state)).isEqualTo(3);
  }

  @Test
  void metersTellOfPhasesAndFunctions() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    StartMeters meters = new StartMeters(registry);
    assertThat(phase(registry, "compile")).isNaN();
    meters.compiled("prefill_t2i_72_0", 4_000_000_000L);
    meters.compiled(new CompileTimes(1_000_000_000L, 5_000_000_000L));
    assertThat(phase(registry, "declare")).isEqualTo(1);
    assertThat(phase(registry, "compile")).isEqualTo(5);
    assertThat(phase(registry, "dry_run")).isNaN();
    System.gc();
    Gauge function =
        registry
            .get("omnimamba.function.compile.seconds")
            .tag("function", "prefill_t2i_72_0")
            .gauge();
    assertThat(function.value()).isEqualTo(4);
  }

  private static double phase(SimpleMeterRegistry registry, String phase) {
    return registry.get("omnimamba.start.seconds").tag("phase", phase).gauge().value();
  }
}
