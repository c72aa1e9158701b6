package org.omnimamba.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Functions on several devices, which here are the CPU under several names. */
class ReplicatedFunctionTest {
  private static final Shape TWO = Shape.of(2);

  /**
   * Each device adds its input to its copy of a variable, and what all of them added to another.
   */
  private static final class Sums {
    private final DeviceProgram program;
    private final DeviceVariable own;
    private final DeviceVariable all;
    private final ReplicatedFunction add;
    private final ReplicatedFunction store;

    Sums(DeviceProgram program) {
      this.program = program;
      own = program.variables().zeros("own", ElementType.F32, TWO);
      all =
          program
              .variables()
              .create(
                  "all",
                  ElementType.F32,
                  TWO,
                  memory -> memory.data().asFloats().write(new float[] {1, 2}));
      add =
          program.replicated(
              "add",
              List.of(),
              scope -> {
                Operand<TFloat32> x = scope.input(TFloat32.class, TWO);
                Operand<TFloat32> now = scope.tf().math.add(scope.read(own, TFloat32.class), x);
                scope.effect(scope.tf().assignVariableOp(scope.handle(own), now));
                return List.of(now);
              });
      store =
          program.replicated(
              "store",
              List.of(program.sumOverDevices(add.output(0)), add.output(0).ofFirstDevice()),
              scope -> {
                Operand<TFloat32> sum = scope.input(TFloat32.class, TWO);
                Operand<TFloat32> first = scope.input(TFloat32.class, TWO);
                Operand<TFloat32> factor = scope.input(TFloat32.class, Shape.of(1));
                Operand<TFloat32> now =
                    scope
                        .tf()
                        .math
                        .add(scope.read(all, TFloat32.class), scope.tf().math.mul(sum, factor));
                scope.effect(scope.tf().assignVariableOp(scope.handle(all), now));
                return List.of(now, first);
              });
    }

    /** The outputs of {@code store}, a device after the other. */
    List<float[]> run(float x, float factor) {
      List<CompiledFunction.Call> calls = new ArrayList<>();
      for (int device = 0; device < program.devices(); device++) {
        calls.add(add.on(device).call().wanting().floats(x + device, 10 * (x + device)));
      }
      for (int device = 0; device < program.devices(); device++) {
        calls.add(store.on(device).call().floats(factor));
      }
      List<float[]> outputs = new ArrayList<>();
      for (CompiledFunction.Outputs one :
          program.runTogether(calls).subList(program.devices(), calls.size())) {
        outputs.add(one.floats(0));
        outputs.add(one.floats(1));
      }
      return outputs;
    }
  }

  private static DeviceProgram program(int devices, boolean compile) {
    return new DeviceProgram(
        ExecutionOptions.cpu().withThreads(1).withCompile(compile).withDevices(devices));
  }

  @ParameterizedTest(name = "{0} devices, compiled {1}")
  @CsvSource({"1, false", "2, false", "2, true", "3, false"})
  void everyDeviceHasItsOwnVariablesAndTheSumOfAll(int devices, boolean compile) {
    try (DeviceProgram program = program(devices, compile)) {
      Sums sums = new Sums(program);
      float total = 0;
      float expected = 1;
      for (int round = 0; round < 3; round++) {
        List<float[]> outputs = sums.run(1, 0.5f);
        for (int device = 0; device < devices; device++) {
          total += 1 + device;
        }
        expected += 0.5f * total;
        for (int device = 0; device < devices; device++) {
          assertThat(outputs.get(2 * device)).containsExactly(expected, 10 * expected - 8);
          assertThat(outputs.get(2 * device + 1)).containsExactly(round + 1, 10 * (round + 1));
        }
      }
      assertThat(program.variables().readFloats(sums.own)).containsExactly(3, 30);
      assertThat(program.variables().readFloats(sums.all))
          .containsExactly(expected, 10 * expected - 8);

      // a new value is there on all devices
      program
          .variables()
          .assign(sums.all, memory -> memory.data().asFloats().write(new float[] {7, 8}));
      List<float[]> after = sums.run(0, 0);
      for (int device = 0; device < devices; device++) {
        assertThat(after.get(2 * device)).containsExactly(7, 8);
      }
    }
  }

  @Test
  void refusesLinksOfAnotherShape() {
    try (DeviceProgram program = program(2, false)) {
      Sums sums = new Sums(program);
      assertThatThrownBy(
              () ->
                  program.replicated(
                      "odd",
                      List.of(sums.add.output(0)),
                      scope -> List.of(scope.input(TFloat32.class, Shape.of(3)))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("odd");
      assertThatThrownBy(() -> ExecutionOptions.cpu().withDevices(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("devices must be at least 1");
    }
  }
}
