package org.omnimamba.model.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorCodec;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.TensorMemory;
import org.tensorflow.RawTensor;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;

/** Streams a tensor of a checkpoint into a tensor's memory through a small buffer. */
final class TensorStreaming {
  private static final int PIECE_ELEMENTS = 1 << 18;

  private TensorStreaming() {}

  /**
   * Copies one tensor, converting its elements to {@code type}.
   *
   * @param at first byte in {@code target}
   * @return bytes written
   */
  static long copy(TensorSource source, String name, ElementType type, RawTensor target, long at) {
    TensorInfo info = source.info(name);
    if (!info.dtype().isWeightType()) {
      throw new IllegalArgumentException(
          "%s has type %s, which no weight has".formatted(name, info.dtype()));
    }
    ByteDataBuffer data = target.data();
    long elements = info.shape().size();
    for (long done = 0; done < elements; ) {
      int count = (int) Math.min(PIECE_ELEMENTS, elements - done);
      ByteBuffer read = buffer(count * info.dtype().bytes());
      source.readInto(name, done * info.dtype().bytes(), read);
      byte[] converted = convert(read.flip(), info.dtype(), type, count);
      TensorMemory.write(data, at + done * type.bytes(), converted, converted.length);
      done += count;
    }
    return elements * type.bytes();
  }

  private static byte[] convert(ByteBuffer from, Dtype dtype, ElementType type, int count) {
    if (dtype == dtype(type)) {
      return from.array();
    }
    ByteBuffer to = buffer(count * type.bytes());
    TensorCodec.convert(from, dtype, to, dtype(type), count);
    return to.array();
  }

  /** What a checkpoint calls the type of a weight on the device. */
  static Dtype dtype(ElementType type) {
    return switch (type) {
      case F32 -> Dtype.F32;
      case BF16 -> Dtype.BF16;
      default -> throw new IllegalArgumentException("weights are not kept as " + type);
    };
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
