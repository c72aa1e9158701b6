package org.omnimamba.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.TestDevice;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

class CompileForTest {
  private static final Shape TWO = Shape.of(2);
  private static final CompileListener NOBODY = (function, nanos) -> {};

  private final DeviceProgram program = new DeviceProgram(TestDevice.execution());
  private final DeviceVariable sum = program.variables().zeros("sum", ElementType.F32, TWO);

  @AfterEach
  void close() {
    program.close();
  }

  /** Adds its input to the variable; outputs are the sum and a number. */
  private CompiledFunction add(String name, boolean compile) {
    return program.function(
        name,
        compile,
        scope -> {
          Operand<TFloat32> x = scope.input(TFloat32.class, TWO);
          Operand<TFloat32> now = scope.tf().math.add(scope.read(sum, TFloat32.class), x);
          scope.effect(scope.tf().assignVariableOp(scope.handle(sum), now));
          return List.of(now, scope.tf().constant(7L));
        });
  }

  /** XLA has no texts. */
  private CompiledFunction impossible() {
    return program.function(
        "impossible",
        scope -> {
          Operand<TString> text = scope.tf().dtypes.asString(scope.input(TInt64.class, TWO));
          return List.of(
              scope.tf().dtypes.cast(scope.tf().strings.stringLength(text), TInt64.class));
        });
  }

  @Test
  void eachFunctionRunsOnceWithItsInputsWhateverItIsCalledOften() {
    CompiledFunction one = add("one", true);
    CompiledFunction ten = add("ten", true);
    CompiledFunction plain = add("plain", false);
    Set<String> compiled = ConcurrentHashMap.newKeySet();
    program.compileFor(
        () -> {
          for (int i = 0; i < 2; i++) {
            CompiledFunction.Outputs outputs = one.call().floats(1, 2).run();
            assertThat(outputs.floats(0)).containsExactly(0, 0);
            assertThat(outputs.longs(1)).containsExactly(0);
          }
          ten.call().floats(10, 20).run();
          assertThat(plain.call().floats(100, 200).run().floats(0)).containsExactly(0, 0);
        },
        2,
        (function, nanos) -> compiled.add(function));
    assertThat(compiled).containsExactlyInAnyOrder(one.toString(), ten.toString());
    assertThat(program.variables().readFloats(sum)).containsExactly(11, 22);
    assertThat(one.call().floats(1, 2).run().floats(0)).containsExactly(12, 24);
  }

  @Test
  void aPartOfAnArrayIsNotedAsSuch() {
    CompiledFunction one = add("one", true);
    program.compileFor(() -> one.call().floats(new float[] {9, 1, 9}, 1, 1).run(), 1, NOBODY);
    assertThat(program.variables().readFloats(sum)).containsExactly(1, 0);
  }

  @Test
  void threadsWorkSideBySide() {
    CyclicBarrier both = new CyclicBarrier(2);
    CompiledFunction one = add("one", true);
    CompiledFunction two = add("two", true);
    program.compileFor(
        () -> {
          one.call().floats(1, 1).run();
          two.call().floats(1, 1).run();
        },
        2,
        (function, nanos) -> {
          try {
            // one thread alone would never get past this
            both.await(1, TimeUnit.MINUTES);
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(program.variables().readFloats(sum)).containsExactly(2, 2);
  }

  @Test
  void othersAreRefusedMeanwhile() {
    CompiledFunction one = add("one", true);
    Queue<Throwable> refusals = new ConcurrentLinkedQueue<>();
    program.compileFor(
        () -> one.call().floats(1, 1).run(),
        2,
        (function, nanos) ->
            refusals.add(
                catchThrowable(() -> program.variables().zeros("v", ElementType.F32, TWO))));
    assertThat(refusals)
        .singleElement()
        .isInstanceOfSatisfying(
            IllegalStateException.class,
            e -> assertThat(e).hasMessageContaining("one thread at a time"));
    program.variables().zeros("v", ElementType.F32, TWO);
  }

  @Test
  void aFailureIsThatOfTheCallAndTheProgramGoesOn() {
    CompiledFunction bad = impossible();
    CompiledFunction one = add("one", true);
    Throwable direct = catchThrowable(() -> bad.call().longs(1, 2).run());
    CompiledFunction again = impossible();
    assertThatThrownBy(
            () ->
                program.compileFor(
                    () -> {
                      again.call().longs(1, 2).run();
                      one.call().floats(1, 1).run();
                    },
                    1,
                    NOBODY))
        .isInstanceOf(direct.getClass())
        .hasMessageContaining(again.toString());
    // the one thread had met the failure before the other function's turn
    assertThat(program.variables().readFloats(sum)).containsExactly(0, 0);
    assertThat(one.call().floats(1, 2).run().floats(0)).containsExactly(1, 2);
  }

  @Test
  void whatTheCallerThrowsEndsIt() {
    CompiledFunction one = add("one", true);
    assertThatThrownBy(
            () ->
                program.compileFor(
                    () -> {
                      one.call().floats(1, 1).run();
                      throw new IllegalArgumentException("no such slot");
                    },
                    2,
                    NOBODY))
        .hasMessage("no such slot");
    assertThat(one.call().floats(1, 2).run().floats(0)).containsExactly(1, 2);
  }
}
