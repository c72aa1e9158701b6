package org.omnimamba.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
import org.omnimamba.training.step.TrainableParameters;
import org.omnimamba.training.step.Trainer;

/** The paper's stages with each batch shared by two devices, against one device with all of it. */
class ParallelStageTest {
  private static final ModelConfig MODEL = TinyModel.config();
  private static final double RATE = 1e-3;

  /** Of weights of about 1 after three steps of 1e-3; one rounding of float32 is 1.2e-7. */
  private static final float TOLERANCE = 1e-6f;

  private static final LoraDropout DROPOUT = new LoraDropout(0.25);

  /** What some steps gave. */
  private record Trained(List<StepResult> results, Map<String, float[]> values) {}

  /** The stage's, with dropout, so that random numbers take part. */
  private static Objective objective(TinyStage stage) {
    T2iObjective drawing = new T2iObjective(MODEL, TinyStage.ROWS, DROPOUT);
    MmuObjective understanding =
        new MmuObjective(
            MODEL, TinyStage.ROWS, TinyStage.LENGTH, ImageFeatures.PRECOMPUTED, DROPOUT);
    return switch (stage) {
      case STAGE1_T2I -> drawing;
      case STAGE1_MMU -> understanding;
      case STAGE2 -> new JointObjective(drawing, understanding, 0.5);
    };
  }

  private static ExecutionOptions devices(int count) {
    return ExecutionOptions.cpu().withCompile(false).withDevices(count);
  }

  private static Trained train(
      TinyStage stage, ExecutionOptions execution, int accumulate, int steps) {
    Objective objective = objective(stage);
    try (DeviceProgram program = new DeviceProgram(execution);
        TensorSource initial = TinyStage.initial()) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial, stage.stage(), objective);
      Trainer trainer = Trainer.create(program, parameters, objective, options(accumulate));
      List<StepResult> results = new ArrayList<>();
      for (int step = 0; step < steps; step++) {
        results.add(trainer.run(batches(stage, accumulate), RATE));
      }
      return new Trained(results, parameters.readTrained());
    }
  }

  /**
   * With a larger epsilon than the reference's: where a gradient is noise about zero, its first
   * steps would go by the noise's sign.
   */
  private static TrainOptions options(int accumulate) {
    AdamW reference = AdamW.reference();
    return TrainOptions.defaults()
        .withSeed(11)
        .withAccumulate(accumulate)
        .withOptimizer(new AdamW(reference.beta1(), reference.beta2(), 1e-3, 0.1, 1));
  }

  /** The second micro-batch has its rows the other way round. */
  private static List<Batch> batches(TinyStage stage, int accumulate) {
    Batch batch = stage.batch();
    Batch first = batch.share(0, TinyStage.ROWS, name -> true);
    Batch second = batch.share(1, TinyStage.ROWS, name -> true);
    return accumulate == 1 ? List.of(batch) : List.of(batch, joined(second, first));
  }

  private static Batch joined(Batch first, Batch second) {
    Batch both = Batch.empty();
    for (String name : first.names()) {
      both =
          switch (name) {
            case "vision_features", "has_picture" ->
                both.with(name, concat(first.floats(name), second.floats(name)));
            default -> both.with(name, concat(first.longs(name), second.longs(name)));
          };
    }
    return both;
  }

  private static float[] concat(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static long[] concat(long[] first, long[] second) {
    long[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static void compare(Trained parallel, Trained single) {
    for (int step = 0; step < single.results().size(); step++) {
      StepResult expected = single.results().get(step);
      StepResult actual = parallel.results().get(step);
      assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-6f * expected.loss()));
      assertThat(actual.gradientNorm())
          .isCloseTo(expected.gradientNorm(), within(1e-5f * expected.gradientNorm()));
      assertThat(actual.metrics().keySet()).isEqualTo(expected.metrics().keySet());
      expected
          .metrics()
          .forEach(
              (name, value) ->
                  assertThat(Objects.requireNonNull(actual.metrics().get(name)))
                      .as(name)
                      .isCloseTo(value, within(1e-5f)));
    }
    compare(parallel.values(), single.values());
  }

  private static void compare(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    Map<String, Float> differences = new LinkedHashMap<>();
    expected.forEach(
        (name, values) -> {
          float[] others = Objects.requireNonNull(actual.get(name));
          float worst = 0;
          for (int i = 0; i < values.length; i++) {
            worst = Math.max(worst, Math.abs(values[i] - others[i]));
          }
          differences.put(name, worst);
        });
    assertThat(differences).allSatisfy((name, worst) -> assertThat(worst).isLessThan(TOLERANCE));
  }

  @ParameterizedTest
  @EnumSource
  void twoDevicesTrainAsOneDoesWithDropoutAndAccumulation(TinyStage stage) {
    compare(train(stage, devices(2), 2, 3), train(stage, devices(1), 2, 3));
  }

  @Test
  void rowsWithFewerTokensCountByTheirTokens() {
    long[] labels = TinyStage.STAGE1_MMU.batch().longs("labels");
    long counted = Arrays.stream(labels).filter(label -> label >= 0).count();
    long first = Arrays.stream(labels, 0, TinyStage.LENGTH).filter(label -> label >= 0).count();
    assertThat(2 * first).isNotEqualTo(counted);
    compare(
        train(TinyStage.STAGE1_MMU, devices(2), 1, 2),
        train(TinyStage.STAGE1_MMU, devices(1), 1, 2));
  }

  @Test
  void theSameDevicesGiveTheSameBits() {
    Trained first = train(TinyStage.STAGE2, devices(2), 1, 3);
    Trained second = train(TinyStage.STAGE2, devices(2), 1, 3);
    assertThat(second.results()).isEqualTo(first.results());
    second
        .values()
        .forEach((name, values) -> assertThat(values).as(name).isEqualTo(first.values().get(name)));
  }

  @Test
  void refusesBatchesThatCannotBeShared() {
    assertThatThrownBy(() -> objective(TinyStage.STAGE2).share(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch_size of 2")
        .hasMessageContaining("3 devices");
  }
}
