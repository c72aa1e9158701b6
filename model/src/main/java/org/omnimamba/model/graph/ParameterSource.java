package org.omnimamba.model.graph;

import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Gives building blocks their parameters by checkpoint name. Whether a name is a variable of its
 * own, a row of a stacked variable or a constant is the implementation's business.
 */
@FunctionalInterface
public interface ParameterSource {

  /**
   * The parameter in the checkpoint's layout and its stored type, float32 or bfloat16; in float32
   * if it is kept in int8.
   *
   * @param name full checkpoint name, such as {@code projector.projector.0.weight}
   * @throws IllegalArgumentException if there is no such parameter
   */
  Operand<? extends TNumber> get(String name);

  /**
   * A parameter that is kept in int8.
   *
   * @param name as in {@link #get}
   * @return null if it is kept otherwise
   * @throws IllegalArgumentException if there is no such parameter
   */
  default @Nullable Int8Weights int8(String name) {
    return null;
  }

  /**
   * A convolution filter that the checkpoint holds as {@code [out, in, height, width]} in the
   * layout that convolutions want, {@code [height, width, in, out]}. An implementation may keep it
   * so.
   *
   * @throws IllegalArgumentException if there is no such parameter
   */
  default Operand<? extends TNumber> filter(Ops tf, String name) {
    return tf.linalg.transpose(get(name), tf.array(2, 3, 1, 0));
  }
}
