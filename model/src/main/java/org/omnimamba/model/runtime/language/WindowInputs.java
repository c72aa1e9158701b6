package org.omnimamba.model.runtime.language;

import org.omnimamba.model.device.FunctionScope;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * All that a call on a window of slots takes, in one int64 vector: each input of its own would be a
 * copy to the device of its own, and a step takes hardly longer than a few of them. Floats travel
 * as their bits.
 */
final class WindowInputs {
  /** Vectors of the batch's length that come before the random numbers. */
  private static final int VECTORS = 5;

  private final int batch;
  private final int count;

  /**
   * @param batch rows of the window
   * @param count tokens that each row is fed
   */
  WindowInputs(int batch, int count) {
    this.batch = batch;
    this.count = count;
  }

  private int length() {
    return 1 + (VECTORS + count) * batch;
  }

  /** The vector of a call while it is filled; what is not set is 0. */
  Values values(int first) {
    return new Values(first);
  }

  /** See {@link #values}. */
  final class Values {
    private final long[] all = new long[length()];

    private Values(int first) {
      all[0] = first;
    }

    /**
     * A row that takes part.
     *
     * @param position tokens that it has seen
     */
    void row(int row, int token, int position, boolean draws, float temperature) {
      long[] values = {token, position, bits(1), bits(draws ? 1 : 0), bits(temperature)};
      for (int i = 0; i < values.length; i++) {
        all[1 + i * batch + row] = values[i];
      }
    }

    /** The random number of a row's draw number {@code index}. */
    void uniform(int row, int index, double value) {
      all[1 + (VECTORS + index) * batch + row] = bits((float) value);
    }

    private static long bits(float value) {
      return Float.floatToRawIntBits(value);
    }

    long[] all() {
      return all;
    }
  }

  /** Declares the vector as the next input of a function. */
  Operands declare(FunctionScope scope) {
    return new Operands(scope);
  }

  /** The parts of the vector inside a function. */
  final class Operands {
    private final Ops tf;
    private final Operand<TInt64> all;

    private Operands(FunctionScope scope) {
      this.tf = scope.tf();
      this.all = scope.input(TInt64.class, Shape.of(length()));
    }

    /** First row of the window, {@code [1]}. */
    Operand<TInt64> first() {
      return part(0, 1);
    }

    /** {@code [batch]}. */
    Operand<TInt64> tokens() {
      return part(1, batch);
    }

    /** Tokens that each row has seen, {@code [batch]}. */
    Operand<TInt64> positions() {
      return part(1 + batch, batch);
    }

    /** 1 for rows that take part, else 0, {@code [batch]}. */
    Operand<TFloat32> active() {
      return floats(1 + 2 * batch);
    }

    /** 1 for rows that draw pictures, else 0, {@code [batch]}. */
    Operand<TFloat32> drawing() {
      return floats(1 + 3 * batch);
    }

    /** {@code [batch]}. */
    Operand<TFloat32> temperatures() {
      return floats(1 + 4 * batch);
    }

    /** Random numbers of draw number {@code index}, {@code [batch]}. */
    Operand<TFloat32> uniforms(int index) {
      return floats(1 + (VECTORS + index) * batch);
    }

    private Operand<TInt64> part(int from, int size) {
      return tf.slice(all, tf.array((long) from), tf.array((long) size));
    }

    private Operand<TFloat32> floats(int from) {
      return tf.bitcast(tf.dtypes.cast(part(from, batch), TInt32.class), TFloat32.class);
    }
  }
}
