package org.omnimamba.model.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.omnimamba.model.checkpoint.tensor.TensorCodec;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.TensorMemory;
import org.tensorflow.RawTensor;
import org.tensorflow.ndarray.Shape;

/**
 * Filters of convolutions are stored as {@code [out, in, height, width]}, and convolutions want
 * {@code [height, width, in, out]}. They are transposed once, at load, instead of in every call.
 */
final class FilterLayout {
  private FilterLayout() {}

  static Shape transposed(Shape stored) {
    return Shape.of(stored.get(2), stored.get(3), stored.get(1), stored.get(0));
  }

  /** Writes the transposed filter into a tensor's memory. */
  static void fill(TensorSource source, String name, ElementType type, RawTensor memory) {
    float[] transposed = transpose(source.readFloats(name), source.info(name).shape());
    if (type == ElementType.F32) {
      TensorMemory.write(memory, transposed);
      return;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(type.bytes() * transposed.length).order(ByteOrder.nativeOrder());
    for (float value : transposed) {
      TensorCodec.put(bytes, TensorStreaming.dtype(type), value);
    }
    TensorMemory.write(memory, bytes.array());
  }

  static float[] transpose(float[] stored, Shape shape) {
    int outs = Math.toIntExact(shape.get(0));
    int ins = Math.toIntExact(shape.get(1));
    int places = Math.toIntExact(shape.get(2) * shape.get(3));
    float[] transposed = new float[stored.length];
    int at = 0;
    for (int place = 0; place < places; place++) {
      for (int in = 0; in < ins; in++) {
        for (int out = 0; out < outs; out++) {
          transposed[at++] = stored[(out * ins + in) * places + place];
        }
      }
    }
    return transposed;
  }
}
