package org.omnimamba.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.graph.BlockContext;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TestDevice;
import org.omnimamba.model.weights.ParameterStore;
import org.omnimamba.model.weights.WeightStorage;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

class DeviceProgramTest {
  private static final Shape TWO = Shape.of(2);

  /** Elements of an input whose memory is kept from call to call. */
  private static final int LARGE = 20_000;

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

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPartOfAnArrayIsFollowedByZerosWhateverTheCallBeforeLeft(boolean compile) {
    int size = LARGE;
    try (DeviceProgram program = program(compile)) {
      CompiledFunction negative =
          program.function(
              "negative",
              scope ->
                  List.of(scope.tf().math.neg(scope.input(TFloat32.class, Shape.of(2, size / 2)))));
      float[] values = new float[size + 2];
      for (int i = 0; i < values.length; i++) {
        values[i] = i + 1;
      }
      for (int count : new int[] {size, 1, size - 1, 0, 4_097, size}) {
        float[] expected = new float[size];
        for (int i = 0; i < count; i++) {
          expected[i] = -values[i + 2];
        }
        float[] found = negative.call().floats(values, 2, count).run().floats(0);
        // -0 where zeros were
        assertThat(found).usingComparatorWithPrecision(0f).containsExactly(expected);
      }
    }
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    try (DeviceProgram program = program(false)) {
      CompiledFunction twice =
          program.function(
              "twice",
              scope -> {
                Operand<TFloat32> x = scope.input(TFloat32.class, TWO);
                return List.of(scope.tf().math.add(x, x));
              });
      float[] four = {1, 2, 3, 4};
      assertThatThrownBy(() -> twice.call().floats(four, 1, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("twice")
          .hasMessageContaining("3 elements");
      assertThatThrownBy(() -> twice.call().floats(four, 3, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> twice.call().floats(four, 0, 1).floats(four, 0, 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(twice.call().floats(four, 1, 1).run().floats(0)).containsExactly(4, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFunctionMayReturnItsInput(boolean compile) {
    try (DeviceProgram program = program(compile)) {
      CompiledFunction same =
          program.function("same", scope -> List.of(scope.input(TFloat32.class, Shape.of(LARGE))));
      CompiledFunction.Outputs first = same.call().floats(large(1)).run();
      CompiledFunction.Outputs second = same.call().floats(large(2)).run();
      assertThat(first.floats(0)).containsExactly(large(1));
      assertThat(second.floats(0)).containsExactly(large(2));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aVariableThatGotAnInputKeepsItWhenTheFunctionIsCalledAgain(boolean compile) {
    try (DeviceProgram program = program(compile)) {
      DeviceVariable last = program.variables().zeros("last", ElementType.F32, Shape.of(LARGE));
      CompiledFunction exchange =
          program.function(
              "exchange",
              scope -> {
                Operand<TFloat32> x = scope.input(TFloat32.class, Shape.of(LARGE));
                Operand<TFloat32> before = scope.read(last, TFloat32.class);
                scope.effect(
                    scope
                        .tf()
                        .withControlDependencies(before)
                        .assignVariableOp(scope.handle(last), x));
                return List.of(before);
              });
      assertThat(exchange.call().floats(large(1)).run().floats(0)).containsOnly(0);
      assertThat(exchange.call().floats(large(2)).run().floats(0)).containsExactly(large(1));
      assertThat(exchange.call().floats(large(3)).run().floats(0)).containsExactly(large(2));
      assertThat(program.variables().readFloats(last)).containsExactly(large(3));
    }
  }

  /** XLA compiles such a function for each value of its input. */
  @Test
  void inputsThatAreCompiledInMayChange() {
    try (DeviceProgram program = program(true)) {
      CompiledFunction filled =
          program.function(
              "filled",
              scope -> {
                Operand<TInt64> size = scope.input(TInt64.class, Shape.of(1));
                return List.of(
                    scope
                        .tf()
                        .math
                        .mul(
                            scope.tf().fill(size, scope.tf().constant(1f)),
                            scope.tf().constant(2f)));
              });
      for (int round = 0; round < 2; round++) {
        for (int size = 1; size <= 40; size++) {
          assertThat(filled.call().longs(size).run().floats(0)).hasSize(size).containsOnly(2);
        }
      }
    }
  }

  private static float[] large(float value) {
    float[] values = new float[LARGE];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void closingAgainHasNoEffectAndCallsAreRefused() {
    DeviceProgram program = program(false);
    CompiledFunction called =
        program.function("called", scope -> List.of(scope.input(TFloat32.class, Shape.of(LARGE))));
    CompiledFunction never =
        program.function("never", scope -> List.of(scope.input(TFloat32.class, Shape.of(LARGE))));
    called.call().floats(large(1)).run();
    program.close();
    program.close();
    for (CompiledFunction function : List.of(called, never)) {
      assertThatThrownBy(() -> function.call().floats(large(1)).run())
          .isInstanceOf(IllegalStateException.class);
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

  /** Both threads add functions as well: on a CPU that happens whenever a new size is needed. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void functionsForASecondThreadRunBesideTheOthers(boolean compile) throws Exception {
    int rounds = 20;
    try (DeviceProgram program = program(compile)) {
      FutureTask<Float> second =
          new FutureTask<>(
              () -> {
                float sum = 0;
                for (int i = 0; i < rounds; i++) {
                  sum += doubled(program.functionBeside("beside" + i, compile, twice()), i);
                }
                return sum;
              });
      new Thread(second, "second").start();
      float sum = 0;
      for (int i = 0; i < rounds; i++) {
        sum += doubled(program.function("first" + i, compile, twice()), i);
      }
      assertThat(sum).isEqualTo(rounds * (rounds - 1));
      assertThat(second.get()).isEqualTo(sum);
      assertThat(program.functions()).isEqualTo(2 * rounds);
    }
  }

  private static FunctionBody twice() {
    return scope -> {
      Operand<TFloat32> x = scope.input(TFloat32.class, TWO);
      return List.of(scope.tf().math.add(x, x));
    };
  }

  private static float doubled(CompiledFunction function, int value) {
    float[] results = function.call().floats(value, 0).run().floats(0);
    return results[0] + results[1];
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
