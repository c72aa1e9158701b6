package org.omnimamba.model.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.checkpoint.Safetensors;
import org.omnimamba.model.checkpoint.SafetensorsReader;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TestDevice;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class DeviceProgramTest {
  private static final Shape TWO = Shape.of(2);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void functionsShareVariablesAndChangeThemInPlace(boolean compile) {
    try (DeviceProgram program = program(compile)) {
      DeviceVariable sum = program.variables().zeros("sum", ElementType.F32, TWO);
      CompiledFunction add =
          program.function(
              "add",
              scope -> {
                Operand<TFloat32> x = scope.input(TFloat32.class, TWO);
                Operand<TFloat32> now = scope.tf().math.add(scope.read(sum, TFloat32.class), x);
                scope.effect(scope.tf().assignVariableOp(scope.handle(sum), now));
                return List.of(now, scope.tf().constant(7L));
              });
      assertThat(add.call().floats(1, 2).run().floats(0)).containsExactly(1, 2);
      assertThat(add.call().floats(10, 20).run().longs(1)).containsExactly(7);

      CompiledFunction clear =
          program.function(
              "clear",
              scope -> {
                Operand<TInt64> row = scope.input(TInt64.class, Shape.of(1));
                scope.effect(
                    scope
                        .tf()
                        .resourceScatterUpdate(
                            scope.handle(sum), row, scope.tf().constant(new float[] {-1})));
                return List.of();
              });
      assertThat(program.variables().readFloats(sum)).containsExactly(11, 22);
      clear.call().longs(1).run();
      assertThat(program.variables().readFloats(sum)).containsExactly(11, -1);
    }
  }

  @Test
  void callsAreCheckedBeforeTheyRun() {
    try (DeviceProgram program = program(false)) {
      CompiledFunction twice =
          program.function(
              "twice",
              scope -> {
                Operand<TFloat32> x = scope.input(TFloat32.class, TWO);
                return List.of(scope.tf().math.add(x, x));
              });
      assertThatThrownBy(() -> twice.call().floats(1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("twice")
          .hasMessageContaining("1 elements");
      assertThatThrownBy(() -> twice.call().longs(1, 2))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> twice.call().run()).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> twice.call().floats(1, 2).floats(1, 2))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void twoThreadsAtOnceAreRefused() throws InterruptedException {
    try (DeviceProgram program = program(false)) {
      AtomicReference<Throwable> refusal = new AtomicReference<>();
      CountDownLatch done = new CountDownLatch(1);
      program.function(
          "outer",
          scope -> {
            Thread other =
                new Thread(
                    () -> {
                      try {
                        program.variables().zeros("v", ElementType.F32, TWO);
                      } catch (IllegalStateException e) {
                        refusal.set(e);
                      }
                      done.countDown();
                    });
            other.start();
            try {
              done.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return List.of(scope.tf().constant(1f));
          });
      assertThat(refusal.get()).hasMessageContaining("one thread at a time");
      program.variables().zeros("v", ElementType.F32, TWO);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void parametersComeFromTheirOwnVariablesAndFromStacks(boolean compile) {
    Golden golden = Golden.of("projector-tiny");
    String first = "weights.projector.0.weight";
    String last = "weights.projector.4.weight";
    try (SafetensorsReader file = Safetensors.open(OracleFiles.path("projector-tiny.safetensors"));
        DeviceProgram program = program(compile)) {
      ParameterStore single = new ParameterStore(program.variables(), WeightStorage.F32);
      single.load(file, List.of(first, "weights.projector.0.bias"));
      CompiledFunction linear =
          program.function(
              "linear",
              scope -> {
                BlockContext context =
                    new BlockContext(scope.tf(), single.in(scope), Precision.FLOAT32);
                Shape in = Shape.of(golden.shape("random/input"));
                Operand<TFloat32> x = scope.input(TFloat32.class, in);
                return List.of(context.in("weights").linearWithBias(x, "projector.0"));
              });
      assertThat(linear.call().floats(golden.floats("random/input")).run().floats(0))
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(golden.floats("random/after_module_0"));

      ParameterStore stacked = new ParameterStore(program.variables(), WeightStorage.BF16);
      stacked.loadStacked(file, Map.of("stack", List.of(last)));
      CompiledFunction rows =
          program.function(
              "rows", scope -> List.of(scope.tf().identity(stacked.in(scope).get(last))));
      float[] exact = golden.floats(last);
      float[] rounded = rows.call().run().floats(0);
      assertThat(rounded).hasSameSizeAs(exact);
      for (int i = 0; i < exact.length; i++) {
        assertThat(rounded[i])
            .isCloseTo(
                exact[i], org.assertj.core.data.Offset.offset(Math.abs(exact[i]) / 256 + 1e-30f));
      }
    }
  }

  private static DeviceProgram program(boolean compile) {
    return new DeviceProgram(TestDevice.execution().withCompile(compile));
  }

  @Test
  void aGpuThatIsNotThereIsRefusedInsteadOfReplacedByTheCpu() {
    ExecutionOptions gpu = new ExecutionOptions(ExecutionOptions.Device.GPU, false, 0);
    try (DeviceProgram program = new DeviceProgram(gpu)) {
      assumeTrue(program.variables().byteSize() > 0, "this machine has a GPU");
    } catch (NoGpuException e) {
      assertThat(e).hasMessageContaining("OMNIMAMBA_TENSORFLOW=linux-x86_64-gpu");
    }
  }
}
