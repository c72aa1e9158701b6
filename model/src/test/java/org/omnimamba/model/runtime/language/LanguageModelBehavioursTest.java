package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.Arrays;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;

/** Surprising behaviours of the reference's language model, by their numbers in the oracle. */
class LanguageModelBehavioursTest {
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final Golden FULL = Golden.of("full-mmu-tiny");
  private static final int PROMPT = 72;

  private static TinyLanguageModel tiny;

  @BeforeAll
  static void load() {
    tiny = TinyLanguageModel.altered(name -> false, values -> values);
  }

  @AfterAll
  static void close() {
    tiny.close();
  }

  @Test
  void behaviour1LoraIsActiveInPromptsAndInSteps() {
    Run base = Run.of(tiny, Task.T2I);
    Run without = withZeros(name -> name.contains("t2i_lora_B0"), Task.T2I);
    assertThat(without.prompt).isNotEqualTo(base.prompt);
    assertThat(without.step).isNotEqualTo(base.step);
    // a single token as the whole history: the step alone makes the difference
    float[] step = stepFromNothing(tiny);
    try (TinyLanguageModel altered = zeros(name -> name.contains("t2i_lora_B0"))) {
      assertThat(stepFromNothing(altered)).isNotEqualTo(step);
    }
  }

  @Test
  void behaviour2TheTaskChoosesTheAdapter() {
    Predicate<String> mmuAdapters = name -> name.contains("mmu_lora_");
    Run t2i = withZeros(mmuAdapters, Task.T2I);
    Run expected = Run.of(tiny, Task.T2I);
    assertThat(t2i.prompt).containsExactly(expected.prompt);
    assertThat(t2i.step).containsExactly(expected.step);
    assertThat(withZeros(mmuAdapters, Task.MMU).prompt).isNotEqualTo(Run.of(tiny, Task.MMU).prompt);
  }

  @Test
  void behaviour4HeadsAreTheEmbeddingTables() {
    Run base = Run.of(tiny, Task.MMU);
    int row = 150;
    int width = tiny.config().dModel();
    try (TinyLanguageModel altered =
        TinyLanguageModel.altered(
            name -> name.endsWith("backbone.embedding.weight"),
            table -> {
              Arrays.fill(table, row * width, (row + 1) * width, 0f);
              return table;
            })) {
      float[] prompt = Run.of(altered, Task.MMU).prompt;
      assertThat(prompt[row]).isZero();
      assertThat(base.prompt[row]).isNotZero();
      assertThat(prompt[row + 1]).isEqualTo(base.prompt[row + 1]);
    }
  }

  @Test
  void behaviour4TheImageHeadIsTheTableWithoutItsProjection() {
    Run base = Run.of(tiny, Task.T2I);
    Run altered =
        withZeros(name -> name.contains("img_embeddings.project_in.projector.4"), Task.T2I);
    assertThat(altered.prompt).containsExactly(base.prompt);
    assertThat(altered.step).isNotEqualTo(base.step);
  }

  @Test
  void behaviour6NothingMasksThePaddingRowsOfTheVocabulary() {
    float[] logits = Run.of(tiny, Task.MMU).prompt;
    assertThat(logits).hasSize(208);
    for (int padding = 203; padding < 208; padding++) {
      assertThat(logits[padding]).isNotZero().isFinite();
    }
  }

  @Test
  void behaviour11TheCaptionMlpTakesEveryPromptTokenAndNoImageToken() {
    int[] ids = GENERATE.ints("t2i/0/input_ids");
    float[] base = tiny.model().embedT2i(ids).toArray();
    try (TinyLanguageModel altered = zeros(name -> name.contains("caption_embed.cap_proj.fc2"))) {
      float[] positions = altered.model().embedT2i(ids).toArray();
      int width = tiny.config().dModel();
      for (int i = 0; i < ids.length; i++) {
        assertThat(Arrays.copyOfRange(positions, i * width, (i + 1) * width))
            .as("token %d of the prompt, id %d", i, ids[i])
            .isNotEqualTo(Arrays.copyOfRange(base, i * width, (i + 1) * width));
      }
      // without the MLP's output the prompt is nothing but its positions
      assertThat(positions)
          .containsExactly(altered.model().embedT2i(new int[ids.length]).toArray());
    }
  }

  @Test
  void behaviour11TheFirstImageTokenTakesTheRowBehindThePrompt() {
    Run base = Run.of(tiny, Task.T2I);
    assertThat(withRowCleared("backbone.pos_embed", PROMPT, Task.T2I).step).isNotEqualTo(base.step);
    assertThat(withRowCleared("backbone.pos_embed", PROMPT, Task.T2I).prompt)
        .containsExactly(base.prompt);
    assertThat(withRowCleared("backbone.pos_embed", PROMPT - 1, Task.T2I).prompt)
        .isNotEqualTo(base.prompt);
    assertThat(withRowCleared("backbone.pos_embed", PROMPT + 1, Task.T2I).step)
        .containsExactly(base.step);
  }

  @Test
  void behaviour12UnderstandingAddsItsPositionsImagePlacesIncluded() {
    Run base = Run.of(tiny, Task.MMU);
    int length = Run.mmuPrompt(tiny).length();
    assertThat(withRowCleared("mmu_pos_embed", 10, Task.MMU).prompt).isNotEqualTo(base.prompt);
    Run behind = withRowCleared("mmu_pos_embed", length, Task.MMU);
    assertThat(behind.prompt).containsExactly(base.prompt);
    assertThat(behind.step).isNotEqualTo(base.step);
  }

  @Test
  void behaviour12UnderstandingHas1500Positions() {
    assertThat(tiny.model().positions(Task.MMU)).isEqualTo(1500);
    PromptEmbeddings longest = tiny.model().embedMmu(new int[1500 - 16], null);
    assertThat(longest.length()).isEqualTo(1500);
    float[] logits = tiny.model().logits(GoldenSteps.of(Task.MMU, 0, 1, 1499))[0];
    assertThat(logits).doesNotContain(Float.NaN);
  }

  @Test
  void behaviour14PadIdsAreOrdinaryTokens() {
    int pad = TinyModel.config().specialTokens().pad();
    int[] ids = GENERATE.ints("t2i/0/input_ids");
    assertThat(ids[2]).isEqualTo(pad);
    float[] base = Run.of(tiny, Task.T2I).prompt;
    ids[2] = 5;
    PromptEmbeddings other = tiny.model().embedT2i(ids);
    assertThat(tiny.model().prefill(Task.T2I, 0, other, 0, PROMPT)).isNotEqualTo(base);
  }

  @Test
  void behaviour18TheConvStateHoldsRawColumnsWithZerosOnTheLeft() {
    PromptEmbeddings prompt = tiny.model().embedT2i(GENERATE.ints("t2i/0/input_ids"));
    tiny.model().prefill(Task.T2I, 0, prompt, 0, 2);
    int taps = tiny.config().dConv();
    float[] columns = tiny.conv(0, 0, 2);
    for (int channel = 0; channel < tiny.config().convDim(); channel++) {
      assertThat(columns[channel * taps]).isZero();
      assertThat(columns[channel * taps + 1]).isZero();
      assertThat(columns[channel * taps + 3]).isNotZero();
    }
    // before the activation: SiLU would leave nothing below -0.28
    float least = Float.MAX_VALUE;
    for (float column : columns) {
      least = Math.min(least, column);
    }
    assertThat(least).isLessThan(-0.3f);
  }

  @Test
  void behaviour20AFinishedRowGoesOnInItsBatch() {
    int[] ids = GENERATE.ints("mmu_batch2/input_ids");
    float[] embeddings = GENERATE.floats("mmu_batch2/input_embeddings");
    int[] expected = GENERATE.ints("mmu_batch2/generated_ids");
    int rows = 2;
    int steps = expected.length / rows;
    int width = embeddings.length / rows;
    int[] slots = {1, 2};
    int[] tokens = new int[rows];
    int length = width / tiny.config().dModel();
    assertThat(length).isEqualTo(ids.length / rows + 16);
    for (int row = 0; row < rows; row++) {
      PromptEmbeddings prompt =
          tiny.prompt(Task.MMU, Arrays.copyOfRange(embeddings, row * width, (row + 1) * width));
      tokens[row] = largest(tiny.model().prefill(Task.MMU, slots[row], prompt, 0, length));
    }
    int[] generated = new int[expected.length];
    for (int i = 0; ; i++) {
      for (int row = 0; row < rows; row++) {
        generated[row * steps + i] = tokens[row];
      }
      if (i + 1 == steps) {
        break;
      }
      float[][] logits =
          tiny.model()
              .logits(GoldenSteps.of(Task.MMU, slots, tokens, new int[] {length + i, length + i}));
      for (int row = 0; row < rows; row++) {
        tokens[row] = largest(logits[row]);
      }
    }
    assertThat(generated).containsExactly(expected);
  }

  @Test
  void behaviour31APromptWithoutImageHasZerosInTheImagePlaces() {
    int[] ids = GENERATE.ints("mmu/0/input_ids");
    float[] withNothing = tiny.model().embedMmu(ids, null).toArray();
    float[] withZeros =
        tiny.model().embedMmu(ids, new float[16 * tiny.config().dModel()]).toArray();
    assertThat(withNothing).containsExactly(withZeros);
  }

  @Test
  void bfloat16WeightsKeptAsBfloat16EqualThoseWeightsInFloat32() {
    float[] expected = FULL.floats("bf16_weights/step_logits");
    int[] ids = FULL.ints("bf16_weights/generated_ids");
    RuntimeOptions options =
        TestDevice.exact().withStorage(WeightStorage.BF16).withLayout(WeightLayout.STACKED);
    try (TinyLanguageModel half =
        new TinyLanguageModel(options, TinyModel.bfloat16Directory(), source -> source)) {
      float[] embeddings = FULL.floats("bf16_weights/input_embeddings");
      int width = half.config().dModel();
      int[] prompt = FULL.ints("bf16_weights/input_ids_without_image");
      float[] image = Arrays.copyOfRange(embeddings, 2 * width, 18 * width);
      PromptEmbeddings embedded = half.model().embedMmu(prompt, image);
      int vocabulary = half.config().textVocabSize();
      float[] logits = half.model().prefill(Task.MMU, 0, embedded, 0, embedded.length());
      for (int i = 0; i < ids.length; i++) {
        assertClose(
            "step " + i,
            logits,
            Arrays.copyOfRange(expected, i * vocabulary, (i + 1) * vocabulary));
        assertThat(largest(logits)).isEqualTo(ids[i]);
        logits = half.model().logits(GoldenSteps.of(Task.MMU, 0, ids[i], embedded.length() + i))[0];
      }
    }
  }

  /** Logits of a prompt and of one step after it. */
  private record Run(float[] prompt, float[] step) {
    static Run of(TinyLanguageModel model, Task task) {
      PromptEmbeddings prompt =
          task == Task.T2I
              ? model.model().embedT2i(GENERATE.ints("t2i/0/input_ids"))
              : mmuPrompt(model);
      return new Run(
          model.model().prefill(task, 0, prompt, 0, prompt.length()),
          model.model().logits(GoldenSteps.of(task, 0, 3, prompt.length()))[0]);
    }

    static PromptEmbeddings mmuPrompt(TinyLanguageModel model) {
      return model.model().embedMmu(GENERATE.ints("mmu/0/input_ids"), null);
    }
  }

  /** A step in a slot that was never used. */
  private static float[] stepFromNothing(TinyLanguageModel model) {
    return model.model().logits(GoldenSteps.of(Task.T2I, 3, 5, 0))[0];
  }

  private static Run withZeros(Predicate<String> tensors, Task task) {
    try (TinyLanguageModel altered = zeros(tensors)) {
      return Run.of(altered, task);
    }
  }

  private static TinyLanguageModel zeros(Predicate<String> tensors) {
    return TinyLanguageModel.altered(tensors, values -> new float[values.length]);
  }

  private static Run withRowCleared(String table, int row, Task task) {
    int width = tiny.config().dModel();
    try (TinyLanguageModel altered =
        TinyLanguageModel.altered(
            name -> name.endsWith(table),
            values -> {
              Arrays.fill(values, row * width, (row + 1) * width, 0f);
              return values;
            })) {
      return Run.of(altered, task);
    }
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
}
