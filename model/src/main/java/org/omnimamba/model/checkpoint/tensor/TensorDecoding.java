package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads whole tensors into Java arrays through one small buffer. */
final class TensorDecoding {
  /** A multiple of every element size. */
  private static final int BUFFER_BYTES = 1 << 20;

  private TensorDecoding() {}

  static float[] floats(TensorSource source, String name) {
    TensorInfo info = source.info(name);
    if (!info.dtype().isFloat()) {
      throw new CheckpointException("%s holds %s, not floats".formatted(name, info.dtype()));
    }
    float[] values = new float[arrayLength(name, info)];
    stream(
        source,
        name,
        info,
        (buffer, at, count) -> {
          for (int i = 0; i < count; i++) {
            values[at + i] = TensorCodec.next(buffer, info.dtype());
          }
        });
    return values;
  }

  static long[] longs(TensorSource source, String name) {
    TensorInfo info = source.info(name);
    long[] values = new long[arrayLength(name, info)];
    stream(
        source,
        name,
        info,
        (buffer, at, count) -> {
          for (int i = 0; i < count; i++) {
            values[at + i] = nextLong(name, info.dtype(), buffer);
          }
        });
    return values;
  }

  static byte[] bytes(TensorSource source, String name) {
    TensorInfo info = source.info(name);
    if (info.dtype().bytes() != 1) {
      throw new CheckpointException("%s is %s, not one of bytes".formatted(name, info));
    }
    byte[] values = new byte[arrayLength(name, info)];
    source.readInto(name, ByteBuffer.wrap(values));
    return values;
  }

  private static int arrayLength(String name, TensorInfo info) {
    long elements = info.elements();
    // a little less than the largest int, which virtual machines refuse
    if (elements > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(
          "%s has %d elements, too many for one array".formatted(name, elements));
    }
    return (int) elements;
  }

  private static void stream(
      TensorSource source, String name, TensorInfo info, ChunkConsumer consumer) {
    int elementBytes = info.dtype().bytes();
    long total = info.byteSize();
    ByteBuffer buffer =
        ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, total)).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < total; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), total - done));
      source.readInto(name, done, buffer);
      buffer.flip();
      int count = buffer.limit() / elementBytes;
      int at = (int) (done / elementBytes);
      done += buffer.limit();
      consumer.accept(buffer, at, count);
    }
  }

  private static long nextLong(String name, Dtype dtype, ByteBuffer buffer) {
    return switch (dtype) {
      case I64 -> buffer.getLong();
      case I32 -> buffer.getInt();
      case I16 -> buffer.getShort();
      case I8 -> buffer.get();
      case U8, BOOL -> buffer.get() & 0xff;
      default -> throw new CheckpointException("%s holds %s, not integers".formatted(name, dtype));
    };
  }

  private interface ChunkConsumer {
    void accept(ByteBuffer buffer, int firstElement, int count);
  }
}
