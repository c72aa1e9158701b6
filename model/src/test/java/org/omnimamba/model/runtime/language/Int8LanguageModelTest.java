package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;

/** A model directory with int8 weights: every way to keep its weights gives its values. */
class Int8LanguageModelTest {
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final int STEPS = 6;

  private static TinyLanguageModel float32;

  @BeforeAll
  static void loadTheirValues() {
    float32 = load(plain());
  }

  @AfterAll
  static void close() {
    float32.close();
  }

  private static RuntimeOptions plain() {
    return TestDevice.exact()
        .withLayout(WeightLayout.SEPARATE)
        .withExecution(TestDevice.execution().withCompile(false));
  }

  static Stream<Arguments> kept() {
    RuntimeOptions plain = plain();
    RuntimeOptions compiled = plain.withExecution(TestDevice.execution());
    return Stream.of(
        Arguments.of("compiled", compiled.withStorage(WeightStorage.INT8)),
        Arguments.of(
            "compiled, stacked",
            compiled.withStorage(WeightStorage.INT8).withLayout(WeightLayout.STACKED)),
        Arguments.of("op by op", plain.withStorage(WeightStorage.INT8)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kept")
  void weightsKeptInInt8EqualTheirValuesInFloat32(String name, RuntimeOptions options) {
    try (TinyLanguageModel int8 = load(options)) {
      assertThat(int8.program().variables().byteSize())
          .isLessThan(float32.program().variables().byteSize());
      for (Task task : Task.values()) {
        int[] slots = {0, 2};
        PromptEmbeddings prompt =
            task == Task.T2I
                ? float32.model().embedT2i(GENERATE.ints("t2i/0/input_ids"))
                : float32.model().embedMmu(GENERATE.ints("mmu/0/input_ids"), null);
        if (task == Task.T2I) {
          assertClose(
              "embeddings",
              int8.model().embedT2i(GENERATE.ints("t2i/0/input_ids")).toArray(),
              prompt.toArray());
        }
        for (int slot : slots) {
          assertClose(
              task + " prompt",
              int8.model().prefill(task, slot, prompt, 0, prompt.length()),
              float32.model().prefill(task, slot, prompt, 0, prompt.length()));
        }
        for (int i = 0; i < STEPS; i++) {
          int[] tokens = {3 + i, 40 - i};
          int position = prompt.length() + i;
          float[][] expected =
              float32
                  .model()
                  .logits(GoldenSteps.of(task, slots, tokens, new int[] {position, position}));
          float[][] found =
              int8.model()
                  .logits(GoldenSteps.of(task, slots, tokens, new int[] {position, position}));
          for (int row = 0; row < slots.length; row++) {
            assertClose(task + " step " + i, found[row], expected[row]);
          }
        }
      }
    }
  }

  private static TinyLanguageModel load(RuntimeOptions options) {
    return new TinyLanguageModel(options, TinyModel.int8Directory(), source -> source);
  }
}
