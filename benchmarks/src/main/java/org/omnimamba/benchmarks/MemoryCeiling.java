package org.omnimamba.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.ExecutionOptions;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** How fast the machine's memory is, bytes read and written. */
final class MemoryCeiling {
  private static final int FLOATS_PER_THREAD = 1 << 25;
  private static final int DEVICE_FLOATS = 1 << 28;
  private static final int RUNS = 10;

  private MemoryCeiling() {}

  /** The best of several copies: between arrays on the CPU, inside a variable on a GPU. */
  static double gigabytesPerSecond(ExecutionOptions options) {
    return options.device() == ExecutionOptions.Device.CPU ? host(options) : device(options);
  }

  private static double host(ExecutionOptions options) {
    int threads =
        options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
    float[][] from = new float[threads][FLOATS_PER_THREAD];
    float[][] to = new float[threads][FLOATS_PER_THREAD];
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      double best = 0;
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        List<Future<?>> copies = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          int thread = i;
          copies.add(
              pool.submit(
                  () -> System.arraycopy(from[thread], 0, to[thread], 0, FLOATS_PER_THREAD)));
        }
        for (Future<?> copy : copies) {
          copy.get();
        }
        best = Math.max(best, 8.0 * threads * FLOATS_PER_THREAD / (System.nanoTime() - start));
      }
      return best;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static double device(ExecutionOptions options) {
    try (DeviceProgram program = new DeviceProgram(options)) {
      DeviceVariable variable =
          program.variables().zeros("copied", ElementType.F32, Shape.of(DEVICE_FLOATS));
      CompiledFunction increment =
          program.function(
              "increment",
              scope -> {
                Operand<TFloat32> one = scope.tf().constant(1f);
                Operand<TFloat32> next =
                    scope.tf().math.add(scope.read(variable, TFloat32.class), one);
                scope.effect(scope.tf().assignVariableOp(scope.handle(variable), next));
                return List.of(one);
              });
      increment.call().run();
      double best = 0;
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        increment.call().run();
        best = Math.max(best, 8.0 * DEVICE_FLOATS / (System.nanoTime() - start));
      }
      return best;
    }
  }
}
