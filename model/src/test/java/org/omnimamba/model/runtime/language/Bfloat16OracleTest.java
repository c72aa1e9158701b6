package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.RelativeErrors;
import org.omnimamba.model.testing.TestDevice;

/**
 * Logits of the model as accelerators are run, with bfloat16 weights and products, beside the
 * reference's in float32: after prompts, and after each of the tokens that follow. The reference's
 * tokens are fed, so that both see the same sequences.
 *
 * <p>The bound is for all logits of a kind together. Those of one position among hundreds may be
 * further off; {@link #FURTHEST} bounds what a position that went wrong would exceed by far.
 */
class Bfloat16OracleTest {
  private static final Golden BACKBONE = Golden.of("backbone-tiny");
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final double BOUND = 2e-2;
  private static final double FURTHEST = 4e-2;
  private static final int IMAGE_PLACES = 16;
  private static final int SLOT = 2;

  private static TinyLanguageModel tiny;

  private final RelativeErrors prompts = new RelativeErrors();
  private final RelativeErrors steps = new RelativeErrors();

  @BeforeAll
  static void load() {
    tiny = TinyLanguageModel.withWindows(TestDevice.bfloat16());
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  @ParameterizedTest
  @EnumSource(Task.class)
  void logitsStayNearTheReference(Task task, TestReporter reporter) {
    for (int run = 0; GENERATE.has(generation(task, run) + "step_logits"); run++) {
      measureGeneration(task, generation(task, run));
    }
    for (int length : new int[] {1, 2, 7, 33, 72}) {
      String prefix = "%s/step/P%d/".formatted(task.key(), length);
      if (BACKBONE.has(prefix + "logits")) {
        measureSteps(task, prefix);
      }
    }
    reporter.publishEntry("bfloat16 logits after prompts, " + task.key(), prompts.toString());
    reporter.publishEntry("bfloat16 logits after tokens, " + task.key(), steps.toString());
    assertThat(prompts.together()).isLessThan(BOUND);
    assertThat(steps.together()).isLessThan(BOUND);
    assertThat(prompts.worst()).isLessThan(FURTHEST);
    assertThat(steps.worst()).isLessThan(FURTHEST);
  }

  private static String generation(Task task, int run) {
    return "%s/%d/".formatted(task.key(), run);
  }

  /** A greedy generation of the reference, from the ids of its prompt. */
  private void measureGeneration(Task task, String prefix) {
    int[] ids = GENERATE.ints(prefix + "input_ids");
    int[] tokens = GENERATE.ints(prefix + "generated_ids");
    float[] logits = GENERATE.floats(prefix + "step_logits");
    float[] embeddings = GENERATE.floats(prefix + "input_embeddings");
    int rows = (int) GENERATE.shape(prefix + "step_logits")[0];
    int width = tiny.config().dModel();
    for (int row = 0; row < rows; row++) {
      int[] own = Golden.part(ids, row, rows);
      float[] image =
          Arrays.copyOfRange(
              Golden.part(embeddings, row, rows), 2 * width, (2 + IMAGE_PLACES) * width);
      PromptEmbeddings prompt =
          task == Task.T2I ? tiny.model().embedT2i(own) : tiny.model().embedMmu(own, image);
      measure(prompt, Golden.part(tokens, row, rows), Golden.part(logits, row, rows));
    }
  }

  /** Prompts of one length, from their embeddings, and tokens that nobody chose. */
  private void measureSteps(Task task, String prefix) {
    float[] embeddings = BACKBONE.floats(prefix + "prompt_embeddings");
    int[] tokens = BACKBONE.ints(prefix + "token_ids");
    float[] logits = BACKBONE.floats(prefix + "logits");
    int rows = (int) BACKBONE.shape(prefix + "logits")[0];
    for (int row = 0; row < rows; row++) {
      PromptEmbeddings prompt = tiny.prompt(task, Golden.part(embeddings, row, rows));
      measure(prompt, Golden.part(tokens, row, rows), Golden.part(logits, row, rows));
    }
  }

  /**
   * @param tokens that follow the prompt
   * @param expected {@code [steps, vocabulary]}: after the prompt, after the first token ...
   */
  private void measure(PromptEmbeddings prompt, int[] tokens, float[] expected) {
    Task task = prompt.task();
    int count = expected.length / tiny.config().outputVocabSize(task);
    float[] logits = tiny.model().prefill(task, SLOT, prompt, 0, prompt.length());
    prompts.add(logits, Golden.part(expected, 0, count));
    for (int i = 1; i < count; i++) {
      int[] position = {prompt.length() + i - 1};
      logits =
          tiny.model()
              .logits(GoldenSteps.of(task, new int[] {SLOT}, new int[] {tokens[i - 1]}, position))[
              0];
      steps.add(logits, Golden.part(expected, i, count));
    }
  }
}
