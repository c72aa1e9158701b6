package org.omnimamba.model.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * A parameter that is kept in int8 with one scale for each row: {@code value = code * scale}.
 *
 * @param bytes the codes in two's complement, {@code [out, in]}; this library has no class for int8
 * @param scales {@code [out]}
 */
public record Int8Weights(Operand<TUint8> bytes, Operand<TFloat32> scales) {

  /** The codes, widened: whole numbers from -127 to 127, {@code [out, in]}. */
  public Operand<TFloat32> codes(Ops tf) {
    return widened(tf, bytes);
  }

  /** {@code [out, in]}. */
  public Operand<TFloat32> values(Ops tf) {
    return scaled(tf, codes(tf), scales);
  }

  /**
   * Some rows; no others are widened.
   *
   * @param rows numbers of rows, any shape
   * @return {@code [..., in]}
   */
  public Operand<TFloat32> rows(Ops tf, Operand<TInt64> rows) {
    Operand<TFloat32> codes = widened(tf, tf.gather(bytes, rows, tf.constant(0)));
    return scaled(tf, codes, tf.gather(scales, rows, tf.constant(0)));
  }

  private static Operand<TFloat32> scaled(
      Ops tf, Operand<TFloat32> codes, Operand<TFloat32> scales) {
    return tf.math.mul(codes, tf.expandDims(scales, tf.constant(-1)));
  }

  private static Operand<TFloat32> widened(Ops tf, Operand<TUint8> bytes) {
    Scope scope = tf.scope();
    return tf.dtypes.cast(
        scope
            .opBuilder("Bitcast", "codes")
            .addInput(bytes.asOutput())
            .setAttr("type", DataType.DT_INT8)
            .build()
            .output(0),
        TFloat32.class);
  }
}
