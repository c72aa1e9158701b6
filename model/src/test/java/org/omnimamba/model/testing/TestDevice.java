package org.omnimamba.model.testing;

import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.weights.WeightStorage;

/**
 * The device that tests run models on: the CPU, unless the system property {@value #PROPERTY} says
 * {@code GPU}, which is the first accelerator.
 *
 * <p>On a GPU, TensorFlow multiplies float32 matrices in TF32, which keeps three digits and not the
 * reference's. The tests' tolerances are those of float32, so TF32 has to be off there; {@code
 * benchmarks/oracle.sh} sees to it.
 */
public final class TestDevice {
  public static final String PROPERTY = "omnimamba.test.device";

  private static final int SLOTS = 4;

  private TestDevice() {}

  public static boolean isGpu() {
    return device() == ExecutionOptions.Device.GPU;
  }

  /** Compiled, on the device. */
  public static ExecutionOptions execution() {
    return new ExecutionOptions(device(), true, 0);
  }

  /**
   * As the device is run by default, but exact: float32 weights, products and states; four slots.
   */
  public static RuntimeOptions exact() {
    return (isGpu() ? RuntimeOptions.gpu() : RuntimeOptions.cpu())
        .withSlots(SLOTS)
        .withStorage(WeightStorage.F32)
        .withPrecision(Precision.FLOAT32)
        .withState(StateStorage.F32);
  }

  /**
   * As accelerators are run: bfloat16 weights, stacked, and products, float16 states; four slots.
   */
  public static RuntimeOptions bfloat16() {
    return RuntimeOptions.gpu().withSlots(SLOTS).withExecution(execution());
  }

  private static ExecutionOptions.Device device() {
    return ExecutionOptions.Device.valueOf(System.getProperty(PROPERTY, "CPU"));
  }
}
