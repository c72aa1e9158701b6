package org.omnimamba.inference.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.device.CompileTimes;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptEmbeddings;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;

class DryRunsTest {
  private static final int SLOTS = 4;
  private static final int CHUNK = 16;

  @Test
  void afterCompilingSideBySideNothingIsLeftToCompileAndNoPromptNotices() {
    try (OmniMamba model =
        OmniMamba.load(TinyModel.directory(), TestDevice.exact().withSlots(SLOTS))) {
      PromptEmbeddings prompt = prompt(model.language());
      float[] before = model.language().prefill(Task.T2I, 3, prompt, 0, prompt.length());
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
      assertThat(model.language().prefill(Task.T2I, 3, prompt, 0, prompt.length()))
          .as("prompts start from zeros still")
          .containsExactly(before);
    }
  }

  private static PromptEmbeddings prompt(LanguageModel language) {
    return language.embedT2i(new int[] {1, 2, 3, 4, 5});
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
