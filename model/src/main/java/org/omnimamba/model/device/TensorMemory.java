package org.omnimamba.model.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.omnimamba.model.checkpoint.tensor.FloatFormats;
import org.tensorflow.RawTensor;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;

/** Copies between tensors' memory and Java arrays; tensors may be larger than 2 GiB. */
public final class TensorMemory {
  private static final float[] ZEROS = new float[4096];

  private TensorMemory() {}

  public static void write(ByteDataBuffer data, long at, byte[] bytes, int length) {
    data.slice(at, length).write(bytes, 0, length);
  }

  public static void write(RawTensor memory, float[] values) {
    memory.data().asFloats().write(values);
  }

  /** Writes {@code count} elements, and zeros after them to the end. */
  static void writePadded(RawTensor memory, float[] values, int from, int count) {
    FloatDataBuffer data = memory.data().asFloats();
    data.write(values, from, count);
    for (long at = count; at < data.size(); at += ZEROS.length) {
      int zeros = (int) Math.min(ZEROS.length, data.size() - at);
      data.slice(at, zeros).write(ZEROS, 0, zeros);
    }
  }

  public static void write(RawTensor memory, long[] values) {
    memory.data().asLongs().write(values);
  }

  public static void write(RawTensor memory, byte[] values) {
    memory.data().write(values);
  }

  static float[] floats(Tensor tensor) {
    RawTensor memory = tensor.asRawTensor();
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    ElementType type = ElementType.of(tensor.dataType());
    if (type == ElementType.BF16 || type == ElementType.F16) {
      ByteBuffer bytes = ByteBuffer.wrap(bytes(tensor)).order(ByteOrder.nativeOrder());
      for (int i = 0; i < values.length; i++) {
        short half = bytes.getShort(2 * i);
        values[i] =
            type == ElementType.BF16
                ? FloatFormats.bfloat16ToFloat(half)
                : FloatFormats.halfToFloat(half);
      }
    } else {
      memory.data().asFloats().read(values);
    }
    return values;
  }

  static long[] longs(Tensor tensor) {
    long[] values = new long[Math.toIntExact(tensor.shape().size())];
    tensor.asRawTensor().data().asLongs().read(values);
    return values;
  }

  static byte[] bytes(Tensor tensor) {
    byte[] values = new byte[Math.toIntExact(tensor.numBytes())];
    tensor.asRawTensor().data().read(values);
    return values;
  }
}
