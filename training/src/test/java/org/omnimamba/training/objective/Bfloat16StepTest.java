package org.omnimamba.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.training.step.Objective;
import org.omnimamba.training.step.TrainOptions;
import org.omnimamba.training.step.TrainableParameters;
import org.omnimamba.training.step.Trainer;

/** Products in bfloat16 over masters in float32, as the recipes train on a GPU. */
class Bfloat16StepTest {
  /** Far below the distance of neighbouring bfloat16 numbers around 1, which is 2^-8 or 2^-7. */
  private static final double RATE = 1e-5;

  private static final int STEPS = 3;

  @TempDir private Path folder;

  @Test
  void lossIsNearTheReferencesAndSmallUpdatesAddUp() {
    TinyStage stage = TinyStage.STAGE2;
    Objective objective = stage.objective(TinyModel.config());
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu().withCompile(false));
        TensorSource initial = TinyStage.initial()) {
      TrainableParameters parameters =
          TrainableParameters.load(program, initial, stage.stage(), objective);
      Trainer trainer =
          Trainer.create(
              program,
              parameters,
              objective,
              TrainOptions.defaults().withPrecision(Precision.BFLOAT16));
      Map<String, float[]> before = parameters.readTrained();
      float expected = stage.facts().path("loss").floatValue();
      float loss = trainer.run(List.of(stage.batch()), RATE).loss();
      assertThat(loss).isCloseTo(expected, within(0.02f * expected));
      // float32 comes within 1e-4 of it, so these products are other ones
      assertThat(Math.abs(loss - expected)).isGreaterThan(1e-4f);
      for (int i = 1; i < STEPS; i++) {
        trainer.run(List.of(stage.batch()), RATE);
      }
      Path state = folder.resolve("state.safetensors");
      trainer.save(state, Map.of());
      requireFloat32(state);
      requireSmallUpdates(before, parameters.readTrained());
    }
  }

  private static void requireFloat32(Path state) {
    try (SafetensorsReader reader = Safetensors.open(state)) {
      assertThat(reader.names()).allMatch(name -> reader.info(name).dtype() == Dtype.F32);
    }
  }

  /** Each step moves an element by about the rate, which bfloat16 would round away. */
  private static void requireSmallUpdates(Map<String, float[]> before, Map<String, float[]> after) {
    int moved = 0;
    int all = 0;
    for (Map.Entry<String, float[]> each : before.entrySet()) {
      float[] now = after.get(each.getKey());
      for (int i = 0; i < now.length; i++) {
        float was = each.getValue()[i];
        if (Math.abs(was) >= 1) {
          double change = Math.abs(now[i] - was);
          assertThat(change).as(each.getKey()).isLessThan(1.5 * STEPS * RATE);
          all++;
          moved += change > 0.5 * STEPS * RATE ? 1 : 0;
        }
      }
    }
    assertThat(all).isGreaterThan(100);
    assertThat(moved).isGreaterThan(all / 2);
  }
}
