package org.omnimamba.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Data dependencies that say what must be read before it is overwritten. */
public final class Ordering {
  private Ordering() {}

  /**
   * {@code value}, but not before {@code reader} is computed; NaN where {@code reader} is NaN.
   *
   * <p>A step reads a row of a state variable and writes the same row. XLA writes in place only if
   * every reader of the old row provably runs before the write. It orders by data dependencies
   * alone: control dependencies do not reach it, and optimization barriers are dissolved before the
   * decision. Without this, each step copies the whole variable, all slots of it, twice.
   *
   * @param reader of the same shape as {@code value}
   */
  public static Operand<TFloat32> after(Ops tf, Operand<TFloat32> value, Operand<TFloat32> reader) {
    return tf.select(tf.math.equal(reader, reader), value, reader);
  }
}
