package org.omnimamba.model.graph;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Static slices and concatenations along one axis. */
public final class Axes {
  private Axes() {}

  /** The part {@code [from, from + size)} of an axis; all other axes are kept. */
  public static Operand<TFloat32> slice(
      Ops tf, Operand<TFloat32> x, int axis, long from, long size) {
    // int32, because TensorFlow's gradient of Slice computes its paddings in that type
    int[] begin = new int[x.shape().numDimensions()];
    begin[axis] = Math.toIntExact(from);
    int[] sizes = Arrays.stream(x.shape().asArray()).mapToInt(Math::toIntExact).toArray();
    sizes[axis] = Math.toIntExact(size);
    return tf.slice(x, tf.constant(begin), tf.constant(sizes));
  }

  public static Operand<TFloat32> concat(
      Ops tf, Operand<TFloat32> first, Operand<TFloat32> second, int axis) {
    return tf.concat(List.of(first, second), tf.constant(axis));
  }

  public static Operand<TFloat32> reshape(Ops tf, Operand<TFloat32> x, long... shape) {
    return tf.reshape(x, tf.constant(shape));
  }
}
