package org.omnimamba.model.runtime.language;

import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.runtime.StepKernels;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The recurrent states of all sequences, in two variables on the device. Beside the callers' slots
 * there are a scratch row, which takes the padding of a batch, and a row of zeros that is never
 * written, from which sequences start.
 */
final class StateTable {
  private final LanguageModelConfig config;
  private final int slots;
  private final boolean headsFirst;
  private final DeviceVariable conv;
  private final DeviceVariable ssm;

  /**
   * @param kernels hand-written ones want a head's state in one piece; XLA on the CPU is faster
   *     where all heads' channels lie side by side
   */
  StateTable(
      DeviceVariables variables,
      LanguageModelConfig config,
      int slots,
      StateStorage storage,
      StepKernels kernels) {
    this.config = config;
    this.slots = slots;
    this.headsFirst = kernels == StepKernels.TRITON;
    int dState = config.dState();
    int heads = config.heads();
    this.conv =
        variables.zeros(
            "state_conv",
            ElementType.F32,
            Shape.of((long) config.layers() * rows() * config.dConv(), config.convDim()));
    this.ssm =
        variables.zeros(
            "state_ssm",
            storage.type(),
            Shape.of(
                (long) config.layers() * rows(),
                headsFirst ? heads : dState,
                headsFirst ? dState : heads,
                config.headDim()));
  }

  int slots() {
    return slots;
  }

  /** Row of the states that are not kept. */
  int scratch() {
    return slots;
  }

  /** Always zero. */
  int zero() {
    return slots + 1;
  }

  /** Rows per layer. */
  int rows() {
    return slots + 2;
  }

  /** Bytes of one slot's rows of all layers. */
  long bytesPerSlot() {
    return (conv.byteSize() + ssm.byteSize()) / rows();
  }

  LanguageModelConfig config() {
    return config;
  }

  /** {@code [layers * rows * dConv, convDim]}; see {@link TableRows} for the order of columns. */
  DeviceVariable conv() {
    return conv;
  }

  /**
   * {@code [layers * rows, heads, dState, headDim]} for hand-written kernels, else {@code [layers *
   * rows, dState, heads, headDim]}.
   */
  DeviceVariable ssm() {
    return ssm;
  }

  /** How a kernel's argument points to {@link #ssm}. */
  Element ssmPointer() {
    return ssm.type() == ElementType.F16 ? Element.F16_POINTER : Element.F32_POINTER;
  }

  /**
   * States between the order of {@link #ssm} and that of {@link
   * org.omnimamba.model.graph.mamba.MixerState}, in either direction.
   */
  Operand<TFloat32> turned(Ops tf, Operand<TFloat32> states) {
    return headsFirst ? tf.linalg.transpose(states, tf.constant(new int[] {0, 2, 1, 3})) : states;
  }

  int checked(int slot) {
    if (slot < 0 || slot >= slots) {
      throw new IllegalArgumentException("there are %d slots, none is %d".formatted(slots, slot));
    }
    return slot;
  }
}
