package org.omnimamba.model.checkpoint.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles, sound and hostile ones, instruction by instruction. */
final class PickleBuilder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static PickleBuilder protocol2() {
    return new PickleBuilder().bytes(0x80, 2);
  }

  PickleBuilder bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
    return this;
  }

  /** Instructions that are printable characters. */
  PickleBuilder ops(String characters) {
    out.writeBytes(characters.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBuilder text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    littleEndian(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  PickleBuilder integer(long value) {
    out.write(0x8a);
    out.write(8);
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  PickleBuilder global(String module, String name) {
    return ops("c" + module + "\n" + name + "\n");
  }

  PickleBuilder tuple(long... values) {
    ops("(");
    for (long value : values) {
      integer(value);
    }
    return ops("t");
  }

  PickleBuilder littleEndian(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  /** A call of the function that makes a tensor, up to and including REDUCE. */
  PickleBuilder tensor(
      String storageType, String key, long elements, long offset, long[] sizes, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").ops("((").text("storage");
    global("torch", storageType).text(key).text("cpu").integer(elements).ops("tQ");
    return integer(offset)
        .tuple(sizes)
        .tuple(strides)
        .bytes(0x89)
        .global("collections", "OrderedDict")
        .ops(")RtR");
  }

  byte[] stop() {
    out.write('.');
    return withoutStop();
  }

  byte[] withoutStop() {
    return out.toByteArray();
  }
}
