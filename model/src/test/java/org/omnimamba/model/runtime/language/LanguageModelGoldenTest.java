package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.weights.WeightLayout;

/** Prompts, steps, states and whole generations against the reference, in every way of running. */
@ParameterizedClass(name = "{0}")
@MethodSource("variants")
class LanguageModelGoldenTest {
  private static final Golden BACKBONE = Golden.of("backbone-tiny");
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final int BATCH = 2;
  private static final int STEPS = 12;
  private static final int IMAGE_PLACES = 16;

  private static TinyLanguageModel tiny;

  @Parameter(0)
  String name;

  @Parameter(1)
  RuntimeOptions options;

  static Stream<Arguments> variants() {
    RuntimeOptions compiled = TestDevice.exact().withLayout(WeightLayout.SEPARATE);
    RuntimeOptions plain = compiled.withExecution(compiled.execution().withCompile(false));
    return Stream.of(
        Arguments.of("compiled", compiled),
        Arguments.of("op by op", plain),
        Arguments.of(
            "compiled, stacked weights, windows", compiled.withLayout(WeightLayout.STACKED)),
        Arguments.of("op by op, merged adapters", plain.withMergedLora(true)),
        Arguments.of(
            "compiled, stacked weights, merged adapters",
            compiled.withLayout(WeightLayout.STACKED).withMergedLora(true)));
  }

  @BeforeParameterizedClassInvocation
  static void load(String name, RuntimeOptions options) {
    tiny =
        name.contains("windows")
            ? TinyLanguageModel.withWindows(options)
            : new TinyLanguageModel(options);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    tiny.close();
  }

  static Stream<Arguments> prompts() {
    return Stream.of(Task.values())
        .flatMap(
            task ->
                Stream.of(1, 2, 7, 33, 72)
                    .filter(length -> BACKBONE.has(step(task, length, "logits")))
                    .map(length -> Arguments.of(task, length)));
  }

  @ParameterizedTest(name = "{0}, prompt of {1}")
  @MethodSource("prompts")
  void promptsAndStepsEqualTheReference(Task task, int length) {
    float[] embeddings = BACKBONE.floats(step(task, length, "prompt_embeddings"));
    float[] expected = BACKBONE.floats(step(task, length, "logits"));
    int[] tokens = BACKBONE.ints(step(task, length, "token_ids"));
    int width = length * tiny.config().dModel();
    int vocabulary = tiny.config().outputVocabSize(task);
    for (int row = 0; row < BATCH; row++) {
      PromptEmbeddings prompt =
          tiny.prompt(task, Arrays.copyOfRange(embeddings, row * width, (row + 1) * width));
      float[] logits = tiny.model().prefill(task, slot(row), prompt, 0, length);
      assertClose("prefill", logits, logits(expected, BATCH, row, 0, vocabulary));
    }
    assertStates(task, length, "prefill", length);
    for (int i = 0; i < STEPS; i++) {
      float[][] logits =
          tiny.model()
              .logits(
                  GoldenSteps.of(
                      task,
                      new int[] {slot(0), slot(1)},
                      new int[] {tokens[i], tokens[STEPS + i]},
                      new int[] {length + i, length + i}));
      for (int row = 0; row < BATCH; row++) {
        assertClose("step " + i, logits[row], logits(expected, BATCH, row, i + 1, vocabulary));
      }
      if (i == 0) {
        assertStates(task, length, "after_step1", length + 1);
      }
    }
    assertStates(task, length, "after_step12", length + STEPS);
  }

  private void assertStates(Task task, int length, String when, int tokensSeen) {
    for (int layer = 0; layer < tiny.config().layers(); layer++) {
      String name = step(task, length, "state/%s/layer%d.".formatted(when, layer));
      float[] conv = BACKBONE.floats(name + "conv");
      float[] ssm = BACKBONE.floats(name + "ssm");
      for (int row = 0; row < BATCH; row++) {
        assertClose(
            name + "conv", tiny.conv(slot(row), layer, tokensSeen), Golden.part(conv, row, BATCH));
        assertClose(name + "ssm", tiny.ssm(slot(row), layer), Golden.part(ssm, row, BATCH));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t2i/0", "t2i/1", "t2i/2"})
  void textToImageGenerationEqualsTheReference(String run) {
    int rows = (int) GENERATE.shape(run + "/input_ids")[0];
    for (int row = 0; row < rows; row++) {
      int[] ids = Golden.part(GENERATE.ints(run + "/input_ids"), row, rows);
      PromptEmbeddings prompt = tiny.model().embedT2i(ids);
      float[] embeddings = Golden.part(GENERATE.floats(run + "/input_embeddings"), row, rows);
      assertClose(run, prompt.toArray(), embeddings);
      assertGeneration(Task.T2I, run, row, rows, prompt);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mmu/0", "mmu/1", "mmu/2", "mmu/3", "mmu/4"})
  void understandingGenerationEqualsTheReference(String run) {
    float[] embeddings = GENERATE.floats(run + "/input_embeddings");
    int width = tiny.config().dModel();
    float[] image = Arrays.copyOfRange(embeddings, 2 * width, (2 + IMAGE_PLACES) * width);
    PromptEmbeddings prompt = tiny.model().embedMmu(GENERATE.ints(run + "/input_ids"), image);
    assertClose(run, prompt.toArray(), tiny.prompt(Task.MMU, embeddings).toArray());
    assertGeneration(Task.MMU, run, 0, 1, prompt);
  }

  private void assertGeneration(Task task, String run, int row, int rows, PromptEmbeddings prompt) {
    int[] expected = Golden.part(GENERATE.ints(run + "/generated_ids"), row, rows);
    float[] stepLogits = GENERATE.floats(run + "/step_logits");
    int vocabulary = tiny.config().outputVocabSize(task);
    int[] ids = new int[expected.length];
    float[] logits = tiny.model().prefill(task, 3, prompt, 0, prompt.length());
    for (int i = 0; i < ids.length; i++) {
      assertClose(run + " step " + i, logits, logits(stepLogits, rows, row, i, vocabulary));
      ids[i] = largest(logits);
      if (i + 1 < ids.length) {
        int position = prompt.length() + i;
        logits = tiny.model().logits(GoldenSteps.of(task, 3, ids[i], position))[0];
      }
    }
    assertThat(ids).as(run).isEqualTo(expected);
  }

  private static int slot(int row) {
    return 2 * row;
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Logits of one step out of {@code [rows, steps, vocabulary]}. */
  private static float[] logits(float[] all, int rows, int row, int step, int vocabulary) {
    int at = row * (all.length / rows) + step * vocabulary;
    return Arrays.copyOfRange(all, at, at + vocabulary);
  }

  private static String step(Task task, int length, String tensor) {
    return "%s/step/P%d/%s".formatted(task.key(), length, tensor);
  }
}
