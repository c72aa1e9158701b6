package org.omnimamba.model.runtime.vision;

import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.weights.WeightStorage;

/**
 * How the image parts of a model are kept and run.
 *
 * @param storage type of the matrices on the device
 * @param precision in which products are computed
 * @param compile whether XLA compiles the functions
 * @param convolveByProducts whether convolutions are matrix products, for a device whose
 *     convolution library is missing or slow to choose; the results differ by rounding only
 */
public record PartOptions(
    WeightStorage storage, Precision precision, boolean compile, boolean convolveByProducts) {
  /** System property that sets {@code convolveByProducts} in {@link #of}. */
  public static final String CONVOLVE_BY_PRODUCTS = "omnimamba.convolve-by-products";

  /** With the device's own convolutions. */
  public PartOptions(WeightStorage storage, Precision precision, boolean compile) {
    this(storage, precision, compile, false);
  }

  /**
   * Compiled on an accelerator only. The image parts are a few large products, which TensorFlow's
   * own CPU kernels run at the speed of the machine, while XLA takes half a minute to compile the
   * released models' towers and gains nothing (see {@code VisionBenchmark}).
   */
  public static PartOptions of(
      ExecutionOptions execution, WeightStorage storage, Precision precision) {
    boolean accelerator = execution.device() != ExecutionOptions.Device.CPU;
    return new PartOptions(
        storage,
        precision,
        execution.compile() && accelerator,
        Boolean.getBoolean(CONVOLVE_BY_PRODUCTS));
  }
}
