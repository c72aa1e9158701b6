package org.omnimamba.model.runtime;

import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;

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
 * @param handwritten whether hand-written kernels are used where these options allow them
 * @param state type of the states that are kept between steps
 */
public record RuntimeOptions(
    int slots,
    ExecutionOptions execution,
    WeightStorage storage,
    WeightLayout layout,
    Precision precision,
    boolean mergedLora,
    boolean handwritten,
    StateStorage state) {

  public RuntimeOptions {
    if (slots < 1) {
      throw new IllegalArgumentException("slots must be at least 1, is " + slots);
    }
  }

  /** Options that use hand-written kernels where they allow them, and keep states in float32. */
  public RuntimeOptions(
      int slots,
      ExecutionOptions execution,
      WeightStorage storage,
      WeightLayout layout,
      Precision precision,
      boolean mergedLora) {
    this(slots, execution, storage, layout, precision, mergedLora, true, StateStorage.F32);
  }

  /** What decode steps and the layers of prompts are made of. */
  public StepKernels kernels() {
    boolean possible =
        execution.device() == ExecutionOptions.Device.GPU
            && execution.compile()
            && storage == WeightStorage.BF16
            && layout == WeightLayout.STACKED
            && precision == Precision.BFLOAT16
            && !mergedLora;
    return handwritten && possible ? StepKernels.TRITON : StepKernels.XLA;
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

  /** 32 slots on the first accelerator, compiled, bfloat16 weights and products, float16 states. */
  public static RuntimeOptions gpu() {
    return new RuntimeOptions(
        32,
        new ExecutionOptions(ExecutionOptions.Device.GPU, true, 0),
        WeightStorage.BF16,
        WeightLayout.STACKED,
        Precision.BFLOAT16,
        false,
        true,
        StateStorage.F16);
  }

  public RuntimeOptions withSlots(int value) {
    return new RuntimeOptions(
        value, execution, storage, layout, precision, mergedLora, handwritten, state);
  }

  public RuntimeOptions withExecution(ExecutionOptions value) {
    return new RuntimeOptions(
        slots, value, storage, layout, precision, mergedLora, handwritten, state);
  }

  public RuntimeOptions withStorage(WeightStorage value) {
    return new RuntimeOptions(
        slots, execution, value, layout, precision, mergedLora, handwritten, state);
  }

  public RuntimeOptions withLayout(WeightLayout value) {
    return new RuntimeOptions(
        slots, execution, storage, value, precision, mergedLora, handwritten, state);
  }

  public RuntimeOptions withPrecision(Precision value) {
    return new RuntimeOptions(
        slots, execution, storage, layout, value, mergedLora, handwritten, state);
  }

  public RuntimeOptions withMergedLora(boolean value) {
    return new RuntimeOptions(
        slots, execution, storage, layout, precision, value, handwritten, state);
  }

  public RuntimeOptions withHandwritten(boolean value) {
    return new RuntimeOptions(
        slots, execution, storage, layout, precision, mergedLora, value, state);
  }

  public RuntimeOptions withState(StateStorage value) {
    return new RuntimeOptions(
        slots, execution, storage, layout, precision, mergedLora, handwritten, value);
  }
}
