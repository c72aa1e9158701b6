package org.omnimamba.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.InMemoryTensors;
import org.omnimamba.training.step.Loss;
import org.omnimamba.training.step.LossFunction;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.ObjectiveScope;
import org.omnimamba.training.step.TrainOptions;
import org.omnimamba.training.step.TrainStep;
import org.omnimamba.training.step.TrainableParameters;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class LoraDropoutTest {
  private static final int ELEMENTS = 10_000;

  @Test
  void dropsItsShareAndKeepsTheMean() {
    Objective objective = LoraDropoutTest::dropped;
    InMemoryTensors ones = new InMemoryTensors().put("x", Shape.of(ELEMENTS), ones());
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(false))) {
      TrainableParameters parameters =
          TrainableParameters.load(program, ones, name -> true, objective);
      TrainStep step = TrainStep.create(program, parameters, objective, TrainOptions.defaults());
      float[] first = step.run(Batch.empty(), 0).observations().get("kept");
      float[] second = step.run(Batch.empty(), 0).observations().get("kept");
      int zeros = 0;
      for (float value : first) {
        zeros += value == 0 ? 1 : 0;
        assertThat(value).isIn(0f, 1 / 0.75f);
      }
      assertThat(zeros / (double) ELEMENTS).isCloseTo(0.25, within(0.02));
      assertThat(second).isNotEqualTo(first);
    }
  }

  @Test
  void insideTheLossItActsThroughTheAdaptersAloneAndInTrainingAlone() {
    ModelConfig model = TinyModel.config();
    Objective plain = new T2iObjective(model, TinyStage.ROWS, LoraDropout.NONE);
    Objective dropping = new T2iObjective(model, TinyStage.ROWS, new LoraDropout(0.5));
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(false));
        TensorSource initial = TinyStage.initial()) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial, Stage.STAGE1_T2I, dropping);
      // a rate of 0 changes nothing, so each call sees the same weights
      TrainStep step = TrainStep.create(program, parameters, dropping, TrainOptions.defaults());
      LossFunction evaluation =
          LossFunction.create(program, parameters, dropping, Precision.FLOAT32);
      LossFunction without = LossFunction.create(program, parameters, plain, Precision.FLOAT32);
      Batch batch = TinyStage.drawing();

      List<String> adapters =
          parameters.names().stream().filter(name -> name.contains("t2i_lora_B")).toList();
      assertThat(adapters).hasSize(model.language().layers());
      float first = step.run(batch, 0).loss();
      float second = step.run(batch, 0).loss();
      assertThat(Math.abs(first - second)).isGreaterThan(1e-5f);
      assertThat(evaluation.run(batch)).isEqualTo(evaluation.run(batch));
      assertThat(evaluation.run(batch)).isEqualTo(without.run(batch));
      assertThat(Math.abs(first - loss(without, batch))).isGreaterThan(1e-5f);

      // B is zero at the start of stage 1: whatever is dropped in front of it adds nothing
      for (String adapter : adapters) {
        parameters.write(adapter, new float[parameters.read(adapter).length]);
      }
      for (int i = 0; i < 2; i++) {
        assertThat(step.run(batch, 0).loss()).isCloseTo(loss(without, batch), within(1e-6f));
      }
    }
  }

  private static float loss(LossFunction function, Batch batch) {
    return Objects.requireNonNull(function.run(batch).get("t2i_loss"));
  }

  private static Loss dropped(ObjectiveScope scope) {
    Ops tf = scope.tf();
    Operand<TFloat32> kept = new LoraDropout(0.25).drop(scope, scope.parameters().parameter("x"));
    return Loss.of(tf.reduceSum(kept, tf.constant(0))).withObservation("kept", kept);
  }

  private static float[] ones() {
    float[] ones = new float[ELEMENTS];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void refusesRatesThatLeaveNothing() {
    assertThatThrownBy(() -> new LoraDropout(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lora_dropout");
    assertThatThrownBy(() -> new LoraDropout(-0.1)).isInstanceOf(IllegalArgumentException.class);
  }
}
