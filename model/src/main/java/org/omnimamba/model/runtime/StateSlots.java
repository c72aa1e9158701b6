package org.omnimamba.model.runtime;

import org.omnimamba.model.config.LanguageModelConfig;
import org.tensorflow.ndarray.Shape;

/**
 * The recurrent states of all sequences, in two variables on the device. Beside the callers' slots
 * there are a scratch row, which takes the padding of a batch, and a row of zeros that is never
 * written, from which sequences start.
 */
final class StateSlots {
  private final LanguageModelConfig config;
  private final int slots;
  private final DeviceVariable conv;
  private final DeviceVariable ssm;

  StateSlots(
      DeviceVariables variables, LanguageModelConfig config, int slots, StateStorage storage) {
    this.config = config;
    this.slots = slots;
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
                config.dState(),
                config.heads(),
                config.headDim()));
  }

  int slots() {
    return slots;
  }

  /** Takes what nobody wants to keep. */
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

  /** {@code [layers * rows * dConv, convDim]}; see {@link SlotStates} for the order of columns. */
  DeviceVariable conv() {
    return conv;
  }

  /** {@code [layers * rows, dState, heads, headDim]}. */
  DeviceVariable ssm() {
    return ssm;
  }

  int checked(int slot) {
    if (slot < 0 || slot >= slots) {
      throw new IllegalArgumentException("there are %d slots, none is %d".formatted(slots, slot));
    }
    return slot;
  }
}
