package org.omnimamba.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.training.data.Batch;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Steps that several devices share; they are the CPU under several names. */
class ParallelStepTest {
  private static final int ROWS = 12;
  private static final int IN = 4;
  private static final double RATE = 0.01;

  @TempDir Path folder;

  /**
   * A linear regression with noise on its input.
   *
   * @param rows that it sees
   * @param all rows of the batch
   */
  private record Regression(int rows, int all) implements Objective {
    @Override
    public Loss build(ObjectiveScope scope) {
      Ops tf = scope.tf();
      Operand<TFloat32> noise =
          tf.math.add(scope.normal(Shape.of(rows, IN)), scope.uniform(Shape.of(rows, IN)));
      Operand<TFloat32> x = tf.math.add(scope.floats("x", Shape.of(rows, IN)), noise);
      Operand<TFloat32> target = scope.floats("target", Shape.of(rows, 1));
      Operand<TFloat32> error =
          tf.math.square(tf.math.sub(scope.parameters().linearWithBias(x, "layer"), target));
      Operand<TFloat32> loss =
          tf.math.div(tf.reduceSum(error, tf.constant(new int[] {0, 1})), tf.constant((float) all));
      return Loss.of(loss).withMetric("error", loss);
    }

    @Override
    public Objective share(int shares) {
      return new Regression(rows / shares, all);
    }
  }

  private static final Objective OBJECTIVE = new Regression(ROWS, ROWS);

  private static InMemoryTensors initial() {
    return new InMemoryTensors()
        .put("layer.weight", Shape.of(1, IN), new float[] {0.5f, -0.5f, 0.25f, 0})
        .put("layer.bias", Shape.of(1), new float[1]);
  }

  private static Batch batch(long number) {
    Random random = new Random(number);
    float[] x = new float[ROWS * IN];
    float[] target = new float[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      target[i / IN] += x[i] * (i % IN);
    }
    return Batch.empty().with("x", x).with("target", target);
  }

  private interface Body {
    void run(Trainer trainer);
  }

  private static void with(ExecutionOptions execution, int accumulate, Body body) {
    try (DeviceProgram program = new DeviceProgram(execution)) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, OBJECTIVE);
      body.run(
          Trainer.create(
              program,
              parameters,
              OBJECTIVE,
              TrainOptions.defaults().withSeed(3).withAccumulate(accumulate)));
    }
  }

  private static ExecutionOptions plain(int devices) {
    return ExecutionOptions.cpu().withThreads(1).withCompile(false).withDevices(devices);
  }

  /** Takes steps up to a number. */
  private static List<StepResult> train(Trainer trainer, int accumulate, int until) {
    List<StepResult> results = new ArrayList<>();
    while (trainer.step() < until) {
      List<Batch> batches = new ArrayList<>();
      for (int i = 0; i < accumulate; i++) {
        batches.add(batch(trainer.step() * accumulate + i));
      }
      results.add(trainer.run(batches, RATE));
    }
    return results;
  }

  private static void compare(List<StepResult> actual, List<StepResult> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int step = 0; step < expected.size(); step++) {
      StepResult one = expected.get(step);
      assertThat(actual.get(step).step()).isEqualTo(one.step());
      assertThat(actual.get(step).loss()).isCloseTo(one.loss(), within(1e-5f * one.loss()));
      assertThat(actual.get(step).metrics()).containsOnlyKeys("error");
      assertThat(actual.get(step).gradientNorm())
          .isCloseTo(one.gradientNorm(), within(1e-5f * one.gradientNorm()));
    }
  }

  private static void compare(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) ->
            assertThat(actual.get(name))
                .as(name)
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(values));
  }

  @ParameterizedTest(name = "{0} devices")
  @ValueSource(ints = {2, 3, 4})
  void devicesTrainAsOneDoes(int devices) {
    with(
        plain(1),
        2,
        single -> {
          List<StepResult> expected = train(single, 2, 8);
          Map<String, float[]> values = single.parameters().readTrained();
          with(
              plain(devices),
              2,
              parallel -> {
                compare(train(parallel, 2, 8), expected);
                compare(parallel.parameters().readTrained(), values);
              });
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void compiledDevicesTrainAsACompiledOneDoes(int accumulate) {
    ExecutionOptions compiled = ExecutionOptions.cpu().withThreads(1);
    with(
        compiled,
        accumulate,
        single -> {
          List<StepResult> expected = train(single, accumulate, 3);
          Map<String, float[]> values = single.parameters().readTrained();
          with(
              compiled.withDevices(2),
              accumulate,
              parallel -> {
                compare(train(parallel, accumulate, 3), expected);
                compare(parallel.parameters().readTrained(), values);
              });
        });
  }

  @Test
  void goesOnOnAnotherNumberOfDevices() throws Exception {
    Path straight = folder.resolve("straight");
    Path moved = folder.resolve("moved");
    with(
        plain(1),
        1,
        trainer -> {
          train(trainer, 1, 9);
          trainer.save(straight, Map.of());
        });
    int[] devices = {1, 2, 1};
    for (int start = 0; start < devices.length; start++) {
      int until = 3 * (start + 1);
      with(
          plain(devices[start]),
          1,
          trainer -> {
            if (Files.exists(moved)) {
              trainer.resume(moved);
            }
            train(trainer, 1, until);
            trainer.save(moved, Map.of());
          });
    }
    with(
        plain(2),
        1,
        trainer -> {
          trainer.resume(straight);
          Map<String, float[]> expected = trainer.parameters().readTrained();
          trainer.resume(moved);
          assertThat(trainer.step()).isEqualTo(9);
          compare(trainer.parameters().readTrained(), expected);
        });
  }

  @Test
  void aRunThatWasStoppedGoesOnToTheBit() throws Exception {
    Path straight = folder.resolve("straight");
    Path stopped = folder.resolve("stopped");
    with(
        plain(2),
        2,
        trainer -> {
          train(trainer, 2, 6);
          trainer.save(straight, Map.of());
        });
    with(
        plain(2),
        2,
        trainer -> {
          train(trainer, 2, 2);
          trainer.save(stopped, Map.of());
        });
    with(
        plain(2),
        2,
        trainer -> {
          trainer.resume(stopped);
          train(trainer, 2, 6);
          trainer.save(stopped, Map.of());
        });
    assertThat(Files.readAllBytes(stopped)).isEqualTo(Files.readAllBytes(straight));
  }

  @Test
  void gradientsThatAreNoNumbersOnOneDeviceChangeNothingOnAny() {
    with(
        plain(2),
        1,
        trainer -> {
          Map<String, float[]> before = trainer.parameters().readTrained();
          float[] x = new float[ROWS * IN];
          x[x.length - 1] = Float.NaN;
          Batch broken = Batch.empty().with("x", x).with("target", new float[ROWS]);
          assertThat(trainer.run(List.of(broken), RATE).gradientNorm()).isNaN();
          compare(trainer.parameters().readTrained(), before);
          // the second device's copy is whole, too
          assertThat(train(trainer, 1, 3)).allMatch(result -> result.loss() > 0);
        });
  }

  @Test
  void refusesWhatCannotBeShared() {
    with(
        plain(2),
        1,
        trainer -> {
          Batch odd = Batch.empty().with("x", new float[ROWS * IN]).with("target", new float[1]);
          assertThatThrownBy(() -> trainer.run(List.of(odd), RATE))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("target");
          assertThat(trainer.step()).isZero();
        });
    Objective whole =
        scope ->
            Loss.of(
                scope
                    .tf()
                    .reduceSum(scope.parameters().parameter("layer.bias"), scope.tf().constant(0)));
    try (DeviceProgram program = new DeviceProgram(plain(2))) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, whole);
      assertThatThrownBy(() -> Trainer.create(program, parameters, whole, TrainOptions.defaults()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("devices cannot share");
    }
  }
}
