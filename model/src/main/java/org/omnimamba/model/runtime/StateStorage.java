package org.omnimamba.model.runtime;

import org.omnimamba.model.device.ElementType;

/**
 * In which type the states of the selective state space are kept between steps; a step computes in
 * float32 in any case. The convolution's columns are float32 always, as they weigh next to nothing.
 */
public enum StateStorage {
  F32(ElementType.F32),
  /**
   * Half the memory and half the traffic. Eleven bits are kept where bfloat16 would keep eight: a
   * state adds up thousands of steps, each of which is rounded. A value beyond 65504 would become
   * infinite, and the sequence end as one whose logits are not finite.
   */
  F16(ElementType.F16);

  private final ElementType type;

  StateStorage(ElementType type) {
    this.type = type;
  }

  public ElementType type() {
    return type;
  }
}
