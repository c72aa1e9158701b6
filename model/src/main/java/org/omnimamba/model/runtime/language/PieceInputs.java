package org.omnimamba.model.runtime.language;

import org.omnimamba.model.device.FunctionScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;

/**
 * All that a piece of a prompt takes, in one int64 vector: each input of its own would be a copy to
 * the device of its own.
 */
final class PieceInputs {
  /** What stands before the ids. */
  private static final int NUMBERS = 5;

  private final int length;

  /**
   * @param length positions, padding included
   */
  PieceInputs(int length) {
    this.length = length;
  }

  /**
   * The vector of a call.
   *
   * @param count positions that count
   * @param from row of the states before the piece
   * @param to row that gets the states after it
   * @param seen positions before it
   * @param image place of the image, or negative
   * @param ids of the positions; 0 in the image's places and after the last
   */
  long[] values(int count, int from, int to, int seen, int image, long[] ids) {
    long[] all = new long[NUMBERS + length];
    long[] numbers = {count, from, to, seen, image};
    System.arraycopy(numbers, 0, all, 0, NUMBERS);
    System.arraycopy(ids, 0, all, NUMBERS, ids.length);
    return all;
  }

  /** Declares the vector as the next input of a function. */
  Operands declare(FunctionScope scope) {
    Ops tf = scope.tf();
    Operand<TInt64> all = scope.input(TInt64.class, Shape.of((long) NUMBERS + length));
    return new Operands(
        new KernelPrompt.Inputs(
            part(tf, all, 0, 1), part(tf, all, 1, 1), part(tf, all, 2, 1), part(tf, all, 3, 1)),
        part(tf, all, 4, 1),
        part(tf, all, NUMBERS, length));
  }

  private static Operand<TInt64> part(Ops tf, Operand<TInt64> all, int from, int size) {
    return tf.slice(all, tf.array((long) from), tf.array((long) size));
  }

  /**
   * The parts of the vector inside a function.
   *
   * @param image {@code [1]}
   * @param ids {@code [length]}
   */
  record Operands(KernelPrompt.Inputs where, Operand<TInt64> image, Operand<TInt64> ids) {}
}
