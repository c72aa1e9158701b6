package org.omnimamba.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.checkpoint.schema.TensorSchema;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.training.step.AdamW;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.StepGradients;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainOptions;
import org.omnimamba.training.step.TrainStep;
import org.omnimamba.training.step.TrainableParameters;
import tools.jackson.databind.JsonNode;

/** Losses, gradients and steps against the reference's own training code. */
class StageOracleTest {
  private static final Golden GOLDEN = TinyStage.GOLDEN;
  private static final ModelConfig MODEL = TinyModel.config();
  private static final double RATE = 1e-3;

  /** Calls a test with a program and the stage's parameters in it. */
  private interface Body {
    void run(DeviceProgram program, TrainableParameters parameters, Objective objective);
  }

  /** Op by op, which starts at once; how compiled steps compare is its own test. */
  private static final ExecutionOptions PLAIN = ExecutionOptions.cpu().withCompile(false);

  private static void with(TinyStage stage, Body body) {
    with(PLAIN, stage, body);
  }

  private static void with(ExecutionOptions execution, TinyStage stage, Body body) {
    Objective objective = stage.objective(MODEL);
    try (DeviceProgram program = new DeviceProgram(execution);
        TensorSource initial = TinyStage.initial()) {
      body.run(
          program, TrainableParameters.load(program, initial, stage.stage(), objective), objective);
    }
  }

  private static List<String> names(JsonNode list) {
    List<String> names = new ArrayList<>();
    list.forEach(name -> names.add(name.stringValue()));
    return names;
  }

  @ParameterizedTest
  @EnumSource
  void trainsExactlyWhatTheReferenceTrains(TinyStage stage) {
    // the reference lists a tied head under its embedding's name
    Set<String> declared = new TreeSet<>();
    TensorSchema.of(MODEL).stored().keySet().stream().filter(stage.stage()).forEach(declared::add);
    assertThat(declared).isEqualTo(new TreeSet<>(names(stage.facts().path("trainable"))));
    Set<String> read = new TreeSet<>(declared);
    names(stage.facts().path("trainable_without_gradient")).forEach(read::remove);
    with(
        stage,
        (program, parameters, objective) -> {
          assertThat(new TreeSet<>(parameters.names())).isEqualTo(read);
          assertThat(
                  declared.stream()
                      .mapToLong(name -> TensorSchema.of(MODEL).stored().get(name).size())
                      .sum())
              .isEqualTo(stage.facts().path("n_trainable").longValue());
        });
  }

  @ParameterizedTest
  @EnumSource
  void lossAndEveryGradientEqualTheReference(TinyStage stage) {
    with(
        stage,
        (program, parameters, objective) -> {
          Map<String, float[]> gradients =
              StepGradients.of(program, parameters, objective, stage.batch());
          int compared = 0;
          String prefix = stage.key() + "/grad/";
          for (String name : GOLDEN.names()) {
            if (name.startsWith(prefix)) {
              compareGradient(name, gradients.get(name.substring(prefix.length())));
              compared++;
            }
          }
          assertThat(compared).isEqualTo(parameters.names().size());
        });
  }

  private static void compareGradient(String name, float[] actual) {
    float[] expected = GOLDEN.floats(name);
    assertThat(actual).as(name).isNotNull().hasSameSizeAs(expected);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    }
    assertThat(worst).as(name).isLessThanOrEqualTo(1e-3 * largest + 1e-6);
  }

  @ParameterizedTest
  @EnumSource
  void theFirstStepEqualsTheReference(TinyStage stage) {
    with(
        stage,
        (program, parameters, objective) -> {
          StepResult result = step(program, parameters, objective, 0).run(stage.batch(), RATE);
          JsonNode facts = stage.facts();
          assertThat(result.loss()).isCloseTo(facts.path("loss").floatValue(), within(1e-4f));
          assertThat((double) result.gradientNorm())
              .isCloseTo(facts.path("grad_norm").doubleValue(), within(2e-3));
          for (String task : List.of("t2i", "mmu")) {
            if (facts.has("loss_" + task)) {
              assertThat(result.metrics().get(task + "_loss"))
                  .isCloseTo(facts.path("loss_" + task).floatValue(), within(1e-4f));
            }
          }
          Map<String, float[]> after = parameters.readTrained();
          after.forEach((name, values) -> compareStep(stage, name, values));
        });
  }

  /** Where a gradient is tiny, the first step is the sign of noise; there nothing is compared. */
  private static void compareStep(TinyStage stage, String name, float[] actual) {
    float[] gradient = GOLDEN.floats(stage.key() + "/grad/" + name);
    float[] expected = GOLDEN.floats(stage.key() + "/after_adamw_step1/" + name);
    float[] before;
    try (TensorSource initial = TinyStage.initial()) {
      before = initial.readFloats(name);
    }
    for (int i = 0; i < expected.length; i++) {
      if (Math.abs(gradient[i]) > 1e-5) {
        assertThat(actual[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(1e-5f));
      } else if (gradient[i] == 0) {
        assertThat(actual[i]).as("%s[%d], no gradient", name, i).isEqualTo(before[i]);
      }
    }
  }

  static Stream<Arguments> curves() {
    return Stream.of(TinyStage.values())
        .flatMap(
            stage ->
                Stream.of(
                    Arguments.of(stage, 0, "loss_before_step_k"),
                    Arguments.of(stage, 1, "loss_before_step_k_with_grad_clip_1.0")));
  }

  @ParameterizedTest(name = "{0}, clipped at {1}")
  @MethodSource("curves")
  void sixStepsFollowTheReferencesCurve(TinyStage stage, double clipNorm, String curve) {
    with(
        stage,
        (program, parameters, objective) ->
            follow(stage, step(program, parameters, objective, clipNorm), curve));
  }

  @Test
  void compiledStepsFollowTheReferencesCurve() {
    TinyStage stage = TinyStage.STAGE2;
    with(
        ExecutionOptions.cpu(),
        stage,
        (program, parameters, objective) ->
            follow(
                stage,
                step(program, parameters, objective, 1),
                "loss_before_step_k_with_grad_clip_1.0"));
  }

  private static void follow(TinyStage stage, TrainStep step, String curve) {
    for (JsonNode expected : stage.facts().path(curve)) {
      float loss = step.run(stage.batch(), RATE).loss();
      assertThat(loss)
          .as("before step %d", step.step() - 1)
          .isCloseTo(expected.floatValue(), within(1e-3f * expected.floatValue()));
    }
    assertThat(step.step()).isEqualTo(6);
  }

  @Test
  void behaviour31RowsWithoutPicturesHaveZerosInTheImagePlaces() {
    JsonNode facts = GOLDEN.json().path("mixed_batches");
    Objective objective = TinyStage.understanding(MODEL);
    try (DeviceProgram program = new DeviceProgram(PLAIN);
        TensorSource initial = TinyStage.initial()) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial, Stage.STAGE2, objective);
      // a rate of 0 changes nothing, so each call sees the same weights
      TrainStep step = step(program, parameters, objective, 1);
      assertThat(step.run(TinyStage.conversations("mmu_finetune", 1, 1), 0).loss())
          .isCloseTo(facts.path("loss_all_with_image").floatValue(), within(1e-4f));
      assertThat(step.run(TinyStage.conversations("mmu_finetune", 0, 1), 0).loss())
          .isCloseTo(
              facts.path("loss_sample0_text_only_sample1_with_image").floatValue(), within(1e-4f));
      assertThat(step.run(TinyStage.conversations("mmu_finetune", 0, 0), 0).loss())
          .isCloseTo(facts.path("loss_all_text_only").floatValue(), within(1e-4f));
    }
  }

  private static TrainStep step(
      DeviceProgram program, TrainableParameters parameters, Objective objective, double clipNorm) {
    return TrainStep.create(
        program,
        parameters,
        objective,
        TrainOptions.defaults().withOptimizer(AdamW.reference().withClipNorm(clipNorm)));
  }
}
