package org.omnimamba.model.checkpoint.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;

/** Sequential reads from a range of a file, never beyond its end. */
final class PickleInput {
  private static final int BUFFER_BYTES = 64 << 10;

  private final PositionalFile file;
  private final long end;
  private long bufferPosition;
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  PickleInput(PositionalFile file, long start, long end) {
    this.file = file;
    this.bufferPosition = start;
    this.end = end;
  }

  /** Position in the file of the next byte. */
  long position() {
    return bufferPosition + buffer.position();
  }

  /** Bytes up to the end. */
  long remaining() {
    return end - position();
  }

  int unsignedByte() {
    return Byte.toUnsignedInt(next(1).get());
  }

  int unsignedShort() {
    return Short.toUnsignedInt(next(2).getShort());
  }

  int signedInt() {
    return next(4).getInt();
  }

  long signedLong() {
    return next(8).getLong();
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(signedLong()));
  }

  byte[] bytes(long count) {
    if (count < 0 || count > end - position()) {
      throw truncated(count);
    }
    byte[] bytes = new byte[(int) count];
    if (count <= buffer.remaining()) {
      buffer.get(bytes);
    } else {
      long position = position();
      file.read(position, ByteBuffer.wrap(bytes));
      moveTo(position + count);
    }
    return bytes;
  }

  String text(long utf8Bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes(utf8Bytes)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(
          "%s is refused: a text of its pickle is not UTF-8".formatted(file.path()), e);
    }
  }

  /** Text up to a line feed, at most {@code maxLength} characters. */
  String line(int maxLength) {
    StringBuilder line = new StringBuilder();
    for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
      line.append((char) c);
      if (line.length() > maxLength) {
        throw new CheckpointException(
            "%s is refused: a name in its pickle is too long".formatted(file.path()));
      }
    }
    return line.toString();
  }

  void skip(long count) {
    if (count < 0 || count > end - position()) {
      throw truncated(count);
    }
    moveTo(position() + count);
  }

  private void moveTo(long position) {
    bufferPosition = position;
    buffer = ByteBuffer.allocate(0);
  }

  private ByteBuffer next(int count) {
    if (buffer.remaining() < count) {
      long position = position();
      if (count > end - position) {
        throw truncated(count);
      }
      ByteBuffer fresh =
          ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, end - position))
              .order(ByteOrder.LITTLE_ENDIAN);
      file.read(position, fresh);
      bufferPosition = position;
      buffer = fresh.flip();
    }
    return buffer;
  }

  private CheckpointException truncated(long count) {
    return new CheckpointException(
        "%s is truncated: %d bytes were expected at byte %d"
            .formatted(file.path(), count, position()));
  }
}
