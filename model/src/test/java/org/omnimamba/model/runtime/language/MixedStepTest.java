package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.GoldenSteps;
import org.omnimamba.model.testing.TestDevice;

/** Steps of sequences that draw and sequences that understand, in one call. */
@ParameterizedClass(name = "{0}")
@EnumSource(MixedStepTest.Way.class)
class MixedStepTest {
  private static final Golden GENERATE = Golden.of("generate-tiny");
  private static final Task[] TASKS = {Task.MMU, Task.T2I, Task.T2I, Task.MMU};
  private static final int[] SLOTS = {3, 0, 2, 1};
  private static final int[] TOKENS = {150, 10, 127, 207};

  private static TinyLanguageModel tiny;

  /** How steps are run. */
  enum Way {
    COMPILED,
    COMPILED_WINDOWS,
    OP_BY_OP,
    MERGED
  }

  @Parameter Way way;

  @BeforeParameterizedClassInvocation
  static void load(Way way) {
    RuntimeOptions options =
        TestDevice.exact()
            .withSlots(8)
            .withMergedLora(way == Way.MERGED)
            .withExecution(
                TestDevice.execution()
                    .withCompile(way == Way.COMPILED || way == Way.COMPILED_WINDOWS));
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
  void drawsOnTheDeviceWhatTheHostDrawsFromTheLogits() {
    List<PlainDraw> draws =
        Arrays.asList(new PlainDraw(1, 0.3), PlainDraw.BEST, null, new PlainDraw(0.5f, 0.9));
    int[] positions = prefillAll(0);
    float[][] expected = model().logits(GoldenSteps.of(TASKS, SLOTS, TOKENS, positions));
    positions = prefillAll(0);
    StepOutput[] outputs = model().step(GoldenSteps.of(TASKS, SLOTS, TOKENS, positions, draws));
    TokenSampler sampler = new TokenSampler();
    for (int i = 0; i < SLOTS.length; i++) {
      PlainDraw draw = draws.get(i);
      if (draw == null) {
        assertThat(outputs[i]).isInstanceOf(StepOutput.Logits.class);
        assertClose("row " + i, ((StepOutput.Logits) outputs[i]).values(), expected[i]);
      } else {
        int host = sampler.sample(expected[i], draw);
        assertThat(outputs[i]).as("row " + i).isEqualTo(new StepOutput.Drawn(host));
      }
    }
  }

  @Test
  void equalsStepsOfOneTaskEach() {
    int[] positions = prefillAll(0);
    float[][] expected = new float[SLOTS.length][];
    for (int i = 0; i < SLOTS.length; i++) {
      model().copyState(SLOTS[i], 4 + SLOTS[i]);
      expected[i] =
          model()
              .logits(
                  GoldenSteps.of(
                      TASKS[i],
                      new int[] {4 + SLOTS[i]},
                      new int[] {TOKENS[i]},
                      new int[] {positions[i]}))[0];
    }
    float[][] mixed = model().logits(GoldenSteps.of(TASKS, SLOTS, TOKENS, positions));
    for (int i = 0; i < SLOTS.length; i++) {
      assertThat(mixed[i]).hasSize(tiny.config().outputVocabSize(TASKS[i]));
      assertClose("logits of row " + i, mixed[i], expected[i]);
      assertClose(
          "what follows row " + i, next(i, SLOTS[i], positions), next(i, 4 + SLOTS[i], positions));
    }
  }

  @Test
  void otherNeighboursOfTheOtherTaskChangeNotABit() {
    int[] positions = prefillAll(0);
    float[][] first = model().logits(GoldenSteps.of(TASKS, SLOTS, TOKENS, positions));
    prefillAll(1);
    prefill(0, Task.T2I, 0);
    int[] tokens = TOKENS.clone();
    tokens[0] = 7;
    tokens[2] = 8;
    tokens[3] = 9;
    positions[0] += 3;
    assertThat(model().logits(GoldenSteps.of(TASKS, SLOTS, tokens, positions))[1])
        .containsExactly(first[1]);
  }

  private float[] next(int row, int slot, int[] positions) {
    return model().logits(GoldenSteps.of(TASKS[row], slot, 1, positions[row] + 1))[0];
  }

  /** Gives each row a prompt; returns the rows' positions. */
  private int[] prefillAll(int offset) {
    int[] positions = new int[SLOTS.length];
    for (int i = 0; i < SLOTS.length; i++) {
      positions[i] = prefill(SLOTS[i], TASKS[i], i % 2 + offset);
    }
    return positions;
  }

  private int prefill(int slot, Task task, int which) {
    PromptEmbeddings prompt = prompt(task, which);
    model().prefill(task, slot, prompt, 0, prompt.length());
    return prompt.length();
  }

  private PromptEmbeddings prompt(Task task, int which) {
    return task == Task.T2I
        ? model().embedT2i(Arrays.copyOf(GENERATE.ints("t2i/%d/input_ids".formatted(which)), 72))
        : model().embedMmu(GENERATE.ints("mmu/%d/input_ids".formatted(which)), null);
  }

  private LanguageModel model() {
    return tiny.model();
  }
}
