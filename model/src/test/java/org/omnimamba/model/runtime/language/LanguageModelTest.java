package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.TestDevice;

/** What slots, pieces and batches must not change. */
@ParameterizedClass(name = "{0}")
@EnumSource(LanguageModelTest.Way.class)
class LanguageModelTest {
  private static final Golden BACKBONE = Golden.of("backbone-tiny");
  private static final Golden GENERATE = Golden.of("generate-tiny");

  private static TinyLanguageModel tiny;

  /** How steps are run. */
  enum Way {
    COMPILED,
    COMPILED_WINDOWS,
    OP_BY_OP
  }

  @Parameter Way way;

  @BeforeParameterizedClassInvocation
  static void load(Way way) {
    RuntimeOptions options =
        TestDevice.exact()
            .withSlots(6)
            .withExecution(TestDevice.execution().withCompile(way != Way.OP_BY_OP));
    tiny =
        way == Way.COMPILED_WINDOWS
            ? TinyLanguageModel.withWindows(options)
            : new TinyLanguageModel(options);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    tiny.close();
  }

  @Test
  void aPromptInPiecesEqualsThePromptInOneGo() {
    PromptEmbeddings prompt = t2iPrompt(0);
    float[] whole = model().prefill(Task.T2I, 0, prompt, 0, prompt.length());
    for (int[] cuts : new int[][] {{1}, {71}, {3, 4, 37}, {32}, {33, 64}}) {
      int from = 0;
      for (int cut : cuts) {
        model().prefill(Task.T2I, 1, prompt, from, cut);
        from = cut;
      }
      float[] pieces = model().prefill(Task.T2I, 1, prompt, from, prompt.length());
      assertClose("cut at " + Arrays.toString(cuts), pieces, whole);
      assertSameStates(1, 0, prompt.length());
    }
  }

  @Test
  void aPromptEqualsItsTokensOneByOne() {
    int[] ids = Arrays.copyOf(BACKBONE.ints("mmu/step/P33/prompt_ids"), 33);
    float[] embeddings =
        Arrays.copyOf(
            BACKBONE.floats("mmu/step/P33/prompt_embeddings"), 33 * tiny.config().dModel());
    PromptEmbeddings prompt = tiny.prompt(Task.MMU, embeddings);
    float[] whole = model().prefill(Task.MMU, 0, prompt, 0, 33);
    float[] stepped = model().prefill(Task.MMU, 1, prompt, 0, 1);
    for (int position = 1; position < 33; position++) {
      stepped = step(Task.MMU, 1, ids[position], position);
    }
    assertClose("logits", stepped, whole);
    assertSameStates(1, 0, 33);
  }

  @Test
  void aSequenceDoesNotDependOnItsNeighbours() {
    int[] slots = {4, 0, 2};
    for (int i = 0; i < slots.length; i++) {
      prefill(slots[i], t2iPrompt(i));
    }
    float[][] alone = new float[3][];
    for (int i = 0; i < 3; i++) {
      model().copyState(slots[i], 5);
      alone[i] = step(Task.T2I, 5, 10 + i, 72);
    }
    float[][] together =
        model()
            .logits(
                GoldenSteps.of(Task.T2I, slots, new int[] {10, 11, 12}, new int[] {72, 72, 72}));
    for (int i = 0; i < 3; i++) {
      assertClose("sequence " + i, together[i], alone[i]);
    }
    // in a batch and a window of the same size, other neighbours change not a single bit
    prefill(4, t2iPrompt(0));
    prefill(0, t2iPrompt(3));
    prefill(3, t2iPrompt(2));
    float[][] others =
        model()
            .logits(
                GoldenSteps.of(
                    Task.T2I, new int[] {4, 0, 3}, new int[] {10, 99, 7}, new int[] {72, 72, 72}));
    assertThat(others[0]).containsExactly(together[0]);
  }

  @Test
  void severalTokensInOneCallAreThoseOfSingleSteps() {
    Task[] tasks = {Task.T2I, Task.MMU};
    PromptEmbeddings text = model().embedMmu(GENERATE.ints("mmu/0/input_ids"), null);
    int[] slots = {3, 1};
    int[] tokens = {5, 6};
    int[] positions = {72, text.length()};
    List<List<PlainDraw>> draws = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      draws.add(List.of(PlainDraw.BEST, new PlainDraw(0.8f, 0.1 + 0.15 * i)));
    }
    prefill(3, t2iPrompt(1));
    model().prefill(Task.MMU, 1, text, 0, text.length());
    int[][] together =
        model().steps(GoldenSteps.several(tasks, slots, tokens, positions, draws), draws.size());
    prefill(3, t2iPrompt(1));
    model().prefill(Task.MMU, 1, text, 0, text.length());
    for (int i = 0; i < draws.size(); i++) {
      StepOutput[] outputs =
          model().step(GoldenSteps.of(tasks, slots, tokens, positions, draws.get(i)));
      for (int row = 0; row < 2; row++) {
        tokens[row] = ((StepOutput.Drawn) outputs[row]).id();
        assertThat(together[row][i]).as("token %d of row %d", i, row).isEqualTo(tokens[row]);
        positions[row]++;
      }
    }
  }

  @Test
  void severalTokensMayGoBehindTheLastPosition() {
    prefill(0, t2iPrompt(2));
    int last = model().positions(Task.T2I) - 1;
    List<List<PlainDraw>> draws = Collections.nCopies(5, List.of(PlainDraw.BEST));
    int[][] ids =
        model()
            .steps(
                GoldenSteps.several(
                    new Task[] {Task.T2I}, new int[] {0}, new int[] {5}, new int[] {last}, draws),
                draws.size());
    assertThat(ids[0]).hasSize(5);
  }

  @Test
  void theTasksShareNothingButWeights() {
    PromptEmbeddings caption = t2iPrompt(1);
    int[] question = GENERATE.ints("mmu/0/input_ids");
    PromptEmbeddings text = model().embedMmu(question, null);
    prefill(0, caption);
    float[] expected = step(Task.T2I, 0, 5, 72);
    prefill(0, caption);
    model().prefill(Task.MMU, 1, text, 0, text.length());
    step(Task.MMU, 1, 6, text.length());
    assertThat(step(Task.T2I, 0, 5, 72)).containsExactly(expected);
  }

  @Test
  void paddingAndOtherSlotsLeaveASlotAlone() {
    for (int slot = 0; slot < 6; slot++) {
      prefill(slot, t2iPrompt(slot % 4));
    }
    List<float[]> before = tiny.state(3);
    model()
        .logits(
            GoldenSteps.of(
                Task.T2I,
                new int[] {5, 0, 4, 1, 2},
                new int[] {1, 2, 3, 4, 5},
                new int[] {72, 72, 72, 72, 72}));
    prefill(2, t2iPrompt(1));
    step(Task.T2I, 4, 3, 73);
    assertSameBits(tiny.state(3), before);
    for (float[] zeros : tiny.state(model().states().zero())) {
      assertThat(zeros).containsOnly(0f);
    }
  }

  @Test
  void aSlotStartsFromNothingWhateverItHeld() {
    PromptEmbeddings prompt = t2iPrompt(0);
    prefill(1, t2iPrompt(1));
    step(Task.T2I, 1, 9, 72);
    float[] second = prefill(1, prompt);
    float[] fresh = prefill(2, prompt);
    assertThat(second).containsExactly(fresh);
    assertSameBits(tiny.state(1), tiny.state(2));
  }

  @Test
  void aCopiedStateGoesOnLikeItsOriginal() {
    prefill(0, t2iPrompt(0));
    List<float[]> original = tiny.state(0);
    model().copyState(0, 3);
    assertSameBits(tiny.state(3), original);
    float[] copy = step(Task.T2I, 3, 17, 72);
    assertSameBits(tiny.state(0), original);
    assertThat(step(Task.T2I, 0, 17, 72)).containsExactly(copy);
  }

  @Test
  void aStateThatWasInHostMemoryGoesOnLikeItsOriginal() {
    prefill(0, t2iPrompt(0));
    List<float[]> original = tiny.state(0);
    List<float[]> neighbour = tiny.state(2);
    SavedState state = model().readState(0);
    assertSameBits(tiny.state(0), original);
    float[] expected = step(Task.T2I, 0, 17, 72);
    prefill(3, t2iPrompt(1));
    for (int slot : new int[] {3, 0}) {
      model().writeState(slot, state);
      assertSameBits(tiny.state(slot), original);
      assertThat(step(Task.T2I, slot, 17, 72)).containsExactly(expected);
    }
    assertSameBits(tiny.state(2), neighbour);
  }

  @Test
  void aStateIsAsLargeAsItSays() {
    LanguageModelConfig config = tiny.config();
    long perLayer =
        (long) config.dConv() * config.convDim()
            + (long) config.dState() * config.heads() * config.headDim();
    assertThat(model().stateBytes()).isEqualTo(4 * config.layers() * perLayer);
    assertThat(model().readState(1).byteSize()).isEqualTo(model().stateBytes());
    assertThat(LanguageModel.stateBytes(config, StateStorage.F32)).isEqualTo(model().stateBytes());
    long halves = 2 * (long) config.layers() * config.dState() * config.dInner();
    assertThat(LanguageModel.stateBytes(config, StateStorage.F16))
        .isEqualTo(model().stateBytes() - halves);
  }

  @Test
  void everyBatchSizeUpToTheSlots() {
    float[] expected = null;
    for (int count = 1; count <= 6; count++) {
      int[] slots = new int[count];
      int[] tokens = new int[count];
      int[] positions = new int[count];
      for (int i = 0; i < count; i++) {
        slots[i] = 5 - i;
        tokens[i] = i;
        positions[i] = 72;
        prefill(slots[i], t2iPrompt(0));
      }
      float[][] logits = model().logits(GoldenSteps.of(Task.T2I, slots, tokens, positions));
      assertThat(logits).hasNumberOfRows(count);
      expected = expected == null ? logits[0] : expected;
      assertClose("batch of " + count, logits[0], expected);
    }
  }

  @Test
  void badArgumentsAreRefusedBeforeAnythingRuns() {
    prefill(0, t2iPrompt(0));
    List<float[]> before = tiny.state(0);
    PromptEmbeddings prompt = t2iPrompt(0);
    StepRow drawn = new StepRow(Task.T2I, 1, 1, 72, List.of(PlainDraw.BEST));
    refused(() -> model().prefill(Task.MMU, 0, prompt, 0, 5), "embedded for T2I");
    refused(() -> model().prefill(Task.T2I, 6, prompt, 0, 5), "6 slots");
    refused(() -> model().prefill(Task.T2I, -1, prompt, 0, 5), "slots");
    refused(() -> model().prefill(Task.T2I, 0, prompt, 5, 5), "positions 5 to 5");
    refused(() -> model().prefill(Task.T2I, 0, prompt, 0, 73), "positions 0 to 73");
    refused(() -> step(Task.T2I, 0, 128, 72), "vocabulary");
    refused(() -> step(Task.T2I, 0, -1, 72), "vocabulary");
    refused(() -> step(Task.T2I, 0, 1, 89), "89 positions");
    refused(() -> step(Task.T2I, 6, 1, 72), "6 slots");
    refused(
        () -> model().logits(GoldenSteps.of(Task.T2I, new int[] {1, 1}, new int[2], new int[2])),
        "twice");
    refused(() -> model().step(List.of()), "at least one row");
    refused(() -> model().steps(GoldenSteps.of(Task.T2I, 1, 1, 72), 2), "needs draws");
    refused(() -> model().steps(List.of(drawn), 0), "0 tokens");
    refused(() -> model().embedT2i(new int[0]), "positions");
    refused(() -> model().embedT2i(new int[90]), "89 positions");
    refused(() -> model().embedT2i(new int[] {208}), "vocabulary");
    refused(() -> model().embedMmu(new int[1], null), "at least 2");
    refused(() -> model().embedMmu(new int[5], new float[3]), "16 x 64");
    refused(() -> model().embedMmu(new int[1485], null), "1500 positions");
    refused(() -> model().copyState(0, 7), "slots");
    refused(() -> model().readState(6), "slots");
    refused(() -> model().writeState(-1, model().readState(0)), "slots");
    assertSameBits(tiny.state(0), before);
  }

  private static void refused(Runnable call, String reason) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  private static LanguageModel model() {
    return tiny.model();
  }

  private static float[] prefill(int slot, PromptEmbeddings prompt) {
    return model().prefill(prompt.task(), slot, prompt, 0, prompt.length());
  }

  private static float[] step(Task task, int slot, int token, int position) {
    return model().logits(GoldenSteps.of(task, slot, token, position))[0];
  }

  /** One of the four captions of the golden file. */
  private static PromptEmbeddings t2iPrompt(int index) {
    int[] ids =
        switch (index) {
          case 0 -> GENERATE.ints("t2i/0/input_ids");
          case 3 -> GENERATE.ints("t2i/2/input_ids");
          default ->
              Arrays.copyOfRange(GENERATE.ints("t2i/1/input_ids"), (index - 1) * 72, index * 72);
        };
    return model().embedT2i(ids);
  }

  private static void assertSameStates(int slot, int expectedSlot, int tokensSeen) {
    for (int layer = 0; layer < tiny.config().layers(); layer++) {
      assertClose(
          "conv", tiny.conv(slot, layer, tokensSeen), tiny.conv(expectedSlot, layer, tokensSeen));
      assertClose("ssm", tiny.ssm(slot, layer), tiny.ssm(expectedSlot, layer));
    }
  }

  private static void assertSameBits(List<float[]> actual, List<float[]> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("part " + i).containsExactly(expected.get(i));
    }
  }
}
