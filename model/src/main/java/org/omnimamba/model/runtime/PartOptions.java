package org.omnimamba.model.runtime;

import org.omnimamba.model.graph.Precision;

/**
 * How the image parts of a model are kept and run.
 *
 * @param storage type of the matrices on the device
 * @param precision in which products are computed
 * @param compile whether XLA compiles the functions
 */
public record PartOptions(WeightStorage storage, Precision precision, boolean compile) {

  /**
   * Compiled on an accelerator only. The image parts are a few large products, which TensorFlow's
   * own CPU kernels run at the speed of the machine, while XLA takes half a minute to compile the
   * released models' towers and gains nothing (see {@code VisionBenchmark}).
   */
  public static PartOptions of(
      ExecutionOptions execution, WeightStorage storage, Precision precision) {
    boolean accelerator = execution.device() != ExecutionOptions.Device.CPU;
    return new PartOptions(storage, precision, execution.compile() && accelerator);
  }
}
