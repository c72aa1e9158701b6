package org.omnimamba.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.omnimamba.model.runtime.DeviceProgram;
import org.omnimamba.model.runtime.ExecutionOptions;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.step.InMemoryTensors;
import org.omnimamba.training.step.Loss;
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
