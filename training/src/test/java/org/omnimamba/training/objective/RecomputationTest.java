package org.omnimamba.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.AdamW;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainOptions;
import org.omnimamba.training.step.TrainStep;
import org.omnimamba.training.step.TrainableParameters;
import org.omnimamba.training.testing.TinyParts;

/** Steps that compute layers again in the backward pass, against steps that keep everything. */
class RecomputationTest {
  private static final ModelConfig MODEL = TinyModel.config();
  private static final int STEPS = 2;
  private static final int ROWS = 2;

  private record Trained(List<StepResult> results, Map<String, float[]> values) {}

  private static Trained train(
      TinyStage stage, Objective objective, ExecutionOptions execution, int recompute) {
    try (TensorSource initial = TinyStage.initial()) {
      return train(objective, stage.stage(), initial, stage.batch(), execution, recompute);
    }
  }

  private static Trained train(
      Objective objective,
      Stage stage,
      TensorSource initial,
      Batch batch,
      ExecutionOptions execution,
      int recompute) {
    try (DeviceProgram program = new DeviceProgram(execution)) {
      TrainableParameters parameters = TrainableParameters.load(program, initial, stage, objective);
      TrainOptions options =
          TrainOptions.defaults()
              .withSeed(5)
              .withRecompute(recompute)
              // see ParallelStageTest
              .withOptimizer(new AdamW(0.9, 0.95, 1e-3, 0, 1));
      TrainStep step = TrainStep.create(program, parameters, objective, options);
      List<StepResult> results = new ArrayList<>();
      for (int i = 0; i < STEPS; i++) {
        results.add(step.run(batch, 1e-3));
      }
      return new Trained(results, parameters.readTrained());
    }
  }

  private static void compare(Trained actual, Trained expected) {
    for (int i = 0; i < STEPS; i++) {
      StepResult one = expected.results().get(i);
      assertThat(actual.results().get(i).loss()).isCloseTo(one.loss(), within(1e-6f * one.loss()));
      assertThat(actual.results().get(i).gradientNorm())
          .isCloseTo(one.gradientNorm(), within(1e-5f * one.gradientNorm()));
    }
    assertThat(actual.values().keySet()).isEqualTo(expected.values().keySet());
    expected
        .values()
        .forEach(
            (name, values) ->
                assertThat(actual.values().get(name))
                    .as(name)
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(values));
  }

  /** With dropout, whose random numbers have to be the same again. */
  private static Objective objective(TinyStage stage) {
    LoraDropout dropout = new LoraDropout(0.25);
    T2iObjective drawing = new T2iObjective(MODEL, TinyStage.ROWS, dropout);
    MmuObjective understanding =
        new MmuObjective(
            MODEL, TinyStage.ROWS, TinyStage.LENGTH, ImageFeatures.PRECOMPUTED, dropout);
    return switch (stage) {
      case STAGE1_T2I -> drawing;
      case STAGE1_MMU -> understanding;
      case STAGE2 -> new JointObjective(drawing, understanding, 1);
    };
  }

  @ParameterizedTest(name = "{0} by {1} layers on {2} devices")
  @CsvSource({"STAGE1_T2I, 1, 1", "STAGE1_MMU, 100, 1", "STAGE2, 1, 2"})
  void changesNothingButMemory(TinyStage stage, int layers, int devices) {
    ExecutionOptions plain = ExecutionOptions.cpu().withCompile(false);
    Objective objective = objective(stage);
    compare(
        train(stage, objective, plain.withDevices(devices), layers),
        train(stage, objective, plain, 0));
  }

  /** A smaller model, since XLA takes its time. */
  @Test
  void norInACompiledStep() {
    ModelConfig model = TinyParts.config();
    Objective objective = new T2iObjective(model, ROWS, new LoraDropout(0.25));
    long[] captions = new long[ROWS * (model.language().t2iPromptTokens() + 1)];
    long[] images = new long[ROWS * model.language().imageTokens()];
    Arrays.setAll(captions, i -> i % 200);
    Arrays.setAll(images, i -> 7 * i % model.language().imageVocabSize());
    Batch batch = Batch.empty().with("caption_ids", captions).with("image_ids", images);
    List<Trained> runs = new ArrayList<>();
    for (int recompute : new int[] {1, 0}) {
      try (TensorSource initial = new InitialTensors(model, 3)) {
        runs.add(train(objective, Stage.STAGE2, initial, batch, ExecutionOptions.cpu(), recompute));
      }
    }
    compare(runs.get(0), runs.get(1));
  }

  @Test
  void refusesNegativeNumbers() {
    assertThatThrownBy(() -> TrainOptions.defaults().withRecompute(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("recompute");
  }
}
