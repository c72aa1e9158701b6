package org.omnimamba.model.weights;

import org.omnimamba.model.device.ElementType;

/** In which type matrices are kept on the device. */
public enum WeightStorage {
  F32,
  /**
   * Tensors of two and more dimensions are rounded to bfloat16 (a bfloat16 checkpoint is kept
   * exactly); vectors, which decide about decay rates and norms and weigh next to nothing, stay
   * float32.
   */
  BF16;

  ElementType typeOf(int rank) {
    return this == BF16 && rank >= 2 ? ElementType.BF16 : ElementType.F32;
  }
}
