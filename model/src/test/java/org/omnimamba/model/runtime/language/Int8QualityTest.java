package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;

/**
 * What rounding weights to int8 does to the logits: the tiny model's generations, with the
 * reference's ids fed whatever the logits say, against the reference's logits in float32.
 */
class Int8QualityTest {
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final int IMAGE_PLACES = 16;

  /** Steps, those whose largest logit is the reference's, and the largest error of any logit. */
  private record Figures(int steps, int sameIds, double error) {
    Figures plus(float[] found, float[] expected) {
      double largest = 0;
      double off = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        off = Math.max(off, Math.abs(found[i] - expected[i]));
      }
      return new Figures(
          steps + 1,
          sameIds + (largest(found) == largest(expected) ? 1 : 0),
          Math.max(error, off / largest));
    }

    private static int largest(float[] logits) {
      int best = 0;
      for (int i = 1; i < logits.length; i++) {
        best = logits[i] > logits[best] ? i : best;
      }
      return best;
    }
  }

  /** With weights in bfloat16 it is 3.0 hundredths, and 203 of 204 ids. */
  @Test
  void logitsMoveBySevenHundredthsOfTheLargestAtMostAndNearlyAllIdsStay() {
    Figures int8 = figures(TinyModel.int8Directory());
    assertThat(int8.steps()).isEqualTo(204);
    assertThat(int8.error()).isLessThan(0.07);
    assertThat(int8.sameIds()).isGreaterThanOrEqualTo(200);
  }

  private static Figures figures(Path directory) {
    RuntimeOptions options =
        TestDevice.exact().withExecution(TestDevice.execution().withCompile(false));
    try (TinyLanguageModel tiny = new TinyLanguageModel(options, directory, source -> source)) {
      Figures figures = new Figures(0, 0, 0);
      for (int run = 0; run < 3; run++) {
        String name = "t2i/" + run;
        int rows = (int) GENERATE.shape(name + "/input_ids")[0];
        for (int row = 0; row < rows; row++) {
          int[] ids = Golden.part(GENERATE.ints(name + "/input_ids"), row, rows);
          figures = run(tiny, Task.T2I, name, row, rows, tiny.model().embedT2i(ids), figures);
        }
      }
      int width = tiny.config().dModel();
      for (int run = 0; run < 5; run++) {
        String name = "mmu/" + run;
        float[] image =
            Arrays.copyOfRange(
                GENERATE.floats(name + "/input_embeddings"), 2 * width, (2 + IMAGE_PLACES) * width);
        PromptEmbeddings prompt = tiny.model().embedMmu(GENERATE.ints(name + "/input_ids"), image);
        figures = run(tiny, Task.MMU, name, 0, 1, prompt, figures);
      }
      return figures;
    }
  }

  private static Figures run(
      TinyLanguageModel tiny,
      Task task,
      String run,
      int row,
      int rows,
      PromptEmbeddings prompt,
      Figures before) {
    int[] ids = Golden.part(GENERATE.ints(run + "/generated_ids"), row, rows);
    float[] expected = Golden.part(GENERATE.floats(run + "/step_logits"), row, rows);
    int vocabulary = tiny.config().outputVocabSize(task);
    float[] logits = tiny.model().prefill(task, 0, prompt, 0, prompt.length());
    Figures figures = before;
    for (int i = 0; i < ids.length; i++) {
      figures =
          figures.plus(logits, Arrays.copyOfRange(expected, i * vocabulary, (i + 1) * vocabulary));
      if (i + 1 < ids.length) {
        logits = tiny.model().logits(GoldenSteps.of(task, 0, ids[i], prompt.length() + i))[0];
      }
    }
    return figures;
  }
}
