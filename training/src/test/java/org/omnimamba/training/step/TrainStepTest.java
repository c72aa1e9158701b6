package org.omnimamba.training.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.training.data.Batch;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A linear regression: y = x W^T + b. */
class TrainStepTest {
  private static final int ROWS = 16;
  private static final int IN = 4;
  private static final int OUT = 3;

  private static Loss squaredError(ObjectiveScope scope, int rows) {
    Ops tf = scope.tf();
    Operand<TFloat32> x = scope.floats("x", Shape.of(rows, IN));
    Operand<TFloat32> y = scope.parameters().linearWithBias(x, "layer");
    Operand<TFloat32> target = scope.floats("target", Shape.of(rows, OUT));
    Operand<TFloat32> error = tf.math.square(tf.math.sub(y, target));
    Operand<TFloat32> mean = tf.math.mean(error, tf.constant(new int[] {0, 1}));
    return Loss.of(mean)
        .withMetric("largest", tf.max(error, tf.constant(new int[] {0, 1})))
        .withObservation("prediction", y);
  }

  private static InMemoryTensors initial() {
    return new InMemoryTensors()
        .put("layer.weight", Shape.of(OUT, IN), new float[OUT * IN])
        .put("layer.bias", Shape.of(OUT), new float[OUT])
        .put("unread", Shape.of(5), new float[5]);
  }

  private static Batch batch(long seed, int from, int to) {
    Random random = new Random(seed);
    float[] x = new float[ROWS * IN];
    float[] target = new float[ROWS * OUT];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < IN; i++) {
        x[row * IN + i] = (float) random.nextGaussian();
      }
      for (int o = 0; o < OUT; o++) {
        target[row * OUT + o] = x[row * IN + o] * (o + 1) + 0.5f;
      }
    }
    return Batch.empty()
        .with("x", java.util.Arrays.copyOfRange(x, from * IN, to * IN))
        .with("target", java.util.Arrays.copyOfRange(target, from * OUT, to * OUT));
  }

  private static Batch batch(long seed) {
    return batch(seed, 0, ROWS);
  }

  @ParameterizedTest(name = "compiled {0}")
  @ValueSource(booleans = {true, false})
  void findsTheLine(boolean compile) {
    Objective objective = scope -> squaredError(scope, ROWS);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(compile))) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, objective);
      assertThat(parameters.names()).containsExactlyInAnyOrder("layer.weight", "layer.bias");
      assertThat(parameters.trainedElements()).isEqualTo(OUT * IN + OUT);
      TrainStep step = TrainStep.create(program, parameters, objective, TrainOptions.defaults());
      float first = step.run(batch(0), 0.05).loss();
      StepResult last = null;
      for (int i = 1; i < 300; i++) {
        last = step.run(batch(i), 0.05);
      }
      assertThat(last.step()).isEqualTo(299);
      assertThat(last.loss()).isLessThan(first / 1000);
      assertThat(last.metrics().get("largest")).isGreaterThanOrEqualTo(last.loss());
      assertThat(last.observations().get("prediction")).hasSize(ROWS * OUT);
      assertThat(parameters.read("layer.weight")[1 * IN + 1]).isCloseTo(2, within(0.05f));
      assertThat(parameters.read("layer.bias")[0]).isCloseTo(0.5f, within(0.05f));
    }
  }

  @Test
  void takesTheStepThatAdamWDefines() {
    Objective objective = scope -> squaredError(scope, ROWS);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, objective);
      float[] weight = parameters.read("layer.weight");
      java.util.Arrays.fill(weight, 0.1f);
      parameters.write("layer.weight", weight);
      AdamW optimizer = AdamW.reference().withWeightDecay(0.5).withClipNorm(0);
      TrainStep step =
          TrainStep.create(
              program, parameters, objective, TrainOptions.defaults().withOptimizer(optimizer));
      float[] prediction = step.run(batch(1), 0.01).observations().get("prediction");
      // the first step is the rate times the gradient's sign; decay comes on top, biases have none
      float[] target = batch(1).floats("target");
      float[] x = batch(1).floats("x");
      for (int o = 0; o < OUT; o++) {
        double biasGradient = 0;
        double[] gradient = new double[IN];
        for (int row = 0; row < ROWS; row++) {
          double error = prediction[row * OUT + o] - target[row * OUT + o];
          biasGradient += error;
          for (int i = 0; i < IN; i++) {
            gradient[i] += error * x[row * IN + i];
          }
        }
        assertThat(parameters.read("layer.bias")[o])
            .isCloseTo((float) (-0.01 * Math.signum(biasGradient)), within(1e-6f));
        for (int i = 0; i < IN; i++) {
          double expected = 0.1 * (1 - 0.01 * 0.5) - 0.01 * Math.signum(gradient[i]);
          assertThat(parameters.read("layer.weight")[o * IN + i])
              .isCloseTo((float) expected, within(1e-6f));
        }
      }
    }
  }

  @Test
  void twoHalvesAccumulateToTheWhole() {
    Objective whole = scope -> squaredError(scope, ROWS);
    Objective half = scope -> squaredError(scope, ROWS / 2);
    TrainOptions options = TrainOptions.defaults();
    float[] once;
    StepResult reported;
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, whole);
      TrainStep step = TrainStep.create(program, parameters, whole, options);
      step.run(batch(3), 0.01);
      reported = step.run(batch(4), 0.01);
      once = parameters.read("layer.weight");
    }
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, half);
      TrainStep step = TrainStep.create(program, parameters, half, options.withAccumulate(2));
      step.run(List.of(batch(3, 0, 8), batch(3, 8, 16)), 0.01);
      StepResult result = step.run(List.of(batch(4, 0, 8), batch(4, 8, 16)), 0.01);
      assertThat(parameters.read("layer.weight")).containsExactly(once, within(1e-6f));
      assertThat(result.loss()).isCloseTo(reported.loss(), within(1e-5f));
      assertThat(result.gradientNorm()).isCloseTo(reported.gradientNorm(), within(1e-5f));
    }
  }

  @Test
  void leavesFrozenParametersAlone() {
    Objective objective = scope -> squaredError(scope, ROWS);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> name.endsWith("weight"), objective);
      assertThat(parameters.names()).containsExactly("layer.weight");
      assertThat(parameters.frozen()).containsExactly("layer.bias");
      TrainStep.create(program, parameters, objective, TrainOptions.defaults()).run(batch(0), 0.1);
      assertThat(parameters.read("layer.bias")).containsOnly(0);
      assertThat(parameters.read("layer.weight")).doesNotContain(0);
      assertThatThrownBy(
              () -> TrainableParameters.load(program, initial(), name -> false, objective))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nothing to train")
          .hasMessageContaining("layer.weight");
    }
  }

  @Test
  void aBatchThatDoesNotFitChangesNothing() {
    Objective objective = scope -> squaredError(scope, ROWS);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, objective);
      TrainStep step = TrainStep.create(program, parameters, objective, TrainOptions.defaults());
      assertThatThrownBy(() -> step.run(Batch.empty().with("x", new float[ROWS * IN]), 0.1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("target");
      assertThatThrownBy(
              () ->
                  step.run(Batch.empty().with("x", new float[3]).with("target", new float[3]), 0.1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("x");
      assertThat(step.step()).isZero();
      assertThat(parameters.read("layer.weight")).containsOnly(0);
    }
  }

  @Test
  void gradientsThatAreNoNumbersChangeNothing() {
    Objective objective = scope -> squaredError(scope, ROWS);
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial(), name -> true, objective);
      TrainStep step = TrainStep.create(program, parameters, objective, TrainOptions.defaults());
      float[] x = new float[ROWS * IN];
      x[0] = Float.POSITIVE_INFINITY;
      Batch broken = Batch.empty().with("x", x).with("target", new float[ROWS * OUT]);
      assertThat(step.run(broken, 0.1).gradientNorm()).isNaN();
      assertThat(parameters.read("layer.weight")).containsOnly(0);
      step.run(batch(0), 0.1);
      assertThat(parameters.read("layer.weight")).doesNotContain(Float.NaN);
    }
  }

  @ParameterizedTest(name = "compiled {0}")
  @ValueSource(booleans = {true, false})
  void randomNumbersDependOnSeedAndStepOnly(boolean compile) {
    Objective objective =
        scope -> {
          Ops tf = scope.tf();
          Operand<TFloat32> weight = scope.parameters().parameter("layer.bias");
          Operand<TFloat32> loss = tf.reduceSum(tf.math.square(weight), tf.constant(0));
          return Loss.of(loss)
              .withObservation("first", scope.uniform(Shape.of(100)))
              .withObservation("second", scope.normal(Shape.of(100)));
        };
    StepResult[] results = new StepResult[3];
    for (int run = 0; run < 2; run++) {
      try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(compile))) {
        TrainableParameters parameters =
            TrainableParameters.load(program, initial(), name -> true, objective);
        TrainStep step =
            TrainStep.create(
                program, parameters, objective, TrainOptions.defaults().withSeed(1L << 40));
        step.continueAt(7);
        results[run] = step.run(Batch.empty(), 0.1);
        results[2] = step.run(Batch.empty(), 0.1);
      }
    }
    float[] first = results[0].observations().get("first");
    assertThat(first).isEqualTo(results[1].observations().get("first"));
    assertThat(first).isNotEqualTo(results[2].observations().get("first"));
    assertThat(first).isNotEqualTo(results[0].observations().get("second"));
    for (float value : first) {
      assertThat(value).isBetween(0f, 1f);
    }
  }
}
