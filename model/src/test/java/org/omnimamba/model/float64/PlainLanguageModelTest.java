package org.omnimamba.model.float64;

import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TinyModel;

/** What others are compared with gives the reference's numbers itself. */
class PlainLanguageModelTest {
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final int IMAGE_PLACES = 16;

  @ParameterizedTest
  @EnumSource(Task.class)
  void givesTheReferencesLogitsOfAGeneration(Task task) {
    String prefix = task.key() + "/0/";
    int rows = (int) GENERATE.shape(prefix + "step_logits")[0];
    int[] ids = Golden.part(GENERATE.ints(prefix + "input_ids"), 0, rows);
    int[] generated = Golden.part(GENERATE.ints(prefix + "generated_ids"), 0, rows);
    float[] embeddings = Golden.part(GENERATE.floats(prefix + "input_embeddings"), 0, rows);
    float[] expected = Golden.part(GENERATE.floats(prefix + "step_logits"), 0, rows);
    try (Checkpoint checkpoint = Checkpoint.open(TinyModel.directory())) {
      PlainLanguageModel plain = new PlainLanguageModel(checkpoint, checkpoint.config().language());
      int width = checkpoint.config().language().dModel();
      float[] image = Arrays.copyOfRange(embeddings, 2 * width, (2 + IMAGE_PLACES) * width);
      double[][] prompt =
          task == Task.T2I ? plain.drawingPrompt(ids) : plain.understandingPrompt(ids, image);
      // the last one is drawn and not fed
      int[] fed = Arrays.copyOf(generated, generated.length - 1);
      double[][] inputs =
          Stream.concat(
                  Arrays.stream(prompt), Arrays.stream(plain.tokens(task, fed, prompt.length)))
              .toArray(double[][]::new);
      double[][] hidden = plain.hidden(task, inputs, (layer, token, residual, xbc, state) -> {});
      double[][] logits =
          plain.logits(task, Arrays.copyOfRange(hidden, prompt.length - 1, inputs.length));
      for (int step = 0; step < logits.length; step++) {
        assertClose(
            "%s, step %d".formatted(task, step),
            narrowed(logits[step]),
            Golden.part(expected, step, logits.length));
      }
    }
  }

  private static float[] narrowed(double[] values) {
    float[] result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }
}
