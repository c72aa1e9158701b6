package org.omnimamba.model.weights;

import org.omnimamba.model.checkpoint.schema.StepMatrices;
import org.omnimamba.model.device.ElementType;

/** In which type matrices are kept on the device. */
public enum WeightStorage {
  F32,
  /**
   * Tensors of two and more dimensions are rounded to bfloat16 (a bfloat16 checkpoint is kept
   * exactly); vectors, which decide about decay rates and norms and weigh next to nothing, stay
   * float32.
   */
  BF16,
  /**
   * {@link StepMatrices} are kept in int8 with one scale for each row: exactly if the checkpoint
   * holds them so, else rounded while they are read. Everything else is kept as in {@link #BF16}.
   * For compiled steps of a few rows on a CPU, which read the int8; all other products widen the
   * whole matrix each time.
   */
  INT8;

  /** The type of a tensor that is not kept in int8. */
  ElementType typeOf(int rank) {
    return this != F32 && rank >= 2 ? ElementType.BF16 : ElementType.F32;
  }

  boolean isInt8(String name) {
    return this == INT8 && StepMatrices.include(name);
  }
}
