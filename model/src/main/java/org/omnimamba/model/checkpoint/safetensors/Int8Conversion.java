package org.omnimamba.model.checkpoint.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.Int8Matrix;
import org.omnimamba.model.checkpoint.tensor.Int8Rounding;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.tensorflow.ndarray.Shape;

/** Copies matrices from a source to a writer in int8: the codes, and their scales after them. */
public final class Int8Conversion {
  private Int8Conversion() {}

  /**
   * Declares a matrix: what {@link #copy} will write.
   *
   * @param tensors of a file, in its order
   */
  public static void declare(String name, Shape shape, Map<String, TensorInfo> tensors) {
    tensors.put(name, new TensorInfo(Dtype.I8, shape));
    tensors.put(name + Int8Matrix.SCALE_SUFFIX, Int8Matrix.scaleInfo(shape.get(0)));
  }

  /**
   * Writes a matrix, as it is if it is in int8 already.
   *
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if a value is not finite
   */
  public static void copy(TensorSource source, String name, WeightsWriter writer) {
    float[] scales = Int8Rounding.read(source, name, codes -> writer.append(name, codes));
    ByteBuffer bytes =
        ByteBuffer.allocate(scales.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(scales);
    writer.append(name + Int8Matrix.SCALE_SUFFIX, bytes);
  }
}
