package org.omnimamba.model.runtime;

import org.omnimamba.model.graph.Precision;

/**
 * How a model is kept and run.
 *
 * @param slots sequences whose state is kept at once
 * @param execution device, compilation, threads
 * @param storage type of the matrices on the device
 * @param layout of the layers' weights
 * @param precision in which products are computed
 * @param mergedLora whether each task gets its own {@code in_proj} with the adapter added in. Saves
 *     two small products per layer and costs a second copy of the largest matrix
 */
public record RuntimeOptions(
    int slots,
    ExecutionOptions execution,
    WeightStorage storage,
    WeightLayout layout,
    Precision precision,
    boolean mergedLora) {

  public RuntimeOptions {
    if (slots < 1) {
      throw new IllegalArgumentException("slots must be at least 1, is " + slots);
    }
  }

  /** Four slots on the CPU, compiled, exact: float32 everywhere, adapters beside the weights. */
  public static RuntimeOptions cpu() {
    return new RuntimeOptions(
        4,
        ExecutionOptions.cpu(),
        WeightStorage.F32,
        WeightLayout.SEPARATE,
        Precision.FLOAT32,
        false);
  }

  /** 32 slots on the first accelerator, compiled, bfloat16 weights and products. */
  public static RuntimeOptions gpu() {
    return new RuntimeOptions(
        32,
        new ExecutionOptions(ExecutionOptions.Device.GPU, true, 0),
        WeightStorage.BF16,
        WeightLayout.STACKED,
        Precision.BFLOAT16,
        false);
  }

  public RuntimeOptions withSlots(int value) {
    return new RuntimeOptions(value, execution, storage, layout, precision, mergedLora);
  }

  public RuntimeOptions withExecution(ExecutionOptions value) {
    return new RuntimeOptions(slots, value, storage, layout, precision, mergedLora);
  }

  public RuntimeOptions withStorage(WeightStorage value) {
    return new RuntimeOptions(slots, execution, value, layout, precision, mergedLora);
  }

  public RuntimeOptions withLayout(WeightLayout value) {
    return new RuntimeOptions(slots, execution, storage, value, precision, mergedLora);
  }

  public RuntimeOptions withPrecision(Precision value) {
    return new RuntimeOptions(slots, execution, storage, layout, value, mergedLora);
  }

  public RuntimeOptions withMergedLora(boolean value) {
    return new RuntimeOptions(slots, execution, storage, layout, precision, value);
  }
}
