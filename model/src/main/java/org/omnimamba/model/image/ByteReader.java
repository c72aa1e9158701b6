package org.omnimamba.model.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.omnimamba.model.image.InvalidImageException.Reason;

/** Reads numbers out of untrusted bytes; a read past the end is a truncated image. */
final class ByteReader {
  private final byte[] bytes;

  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int length() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Fails unless {@code count} bytes are there from {@code offset} on. */
  void require(long offset, long count) {
    if (offset + count > bytes.length) {
      throw new InvalidImageException(
          Reason.TRUNCATED,
          "the image is cut off: byte %d is needed, %d are there"
              .formatted(offset + count, bytes.length));
    }
  }

  /** A copy of {@code count} bytes from {@code offset} on. */
  byte[] copy(int offset, long count) {
    require(offset, count);
    return Arrays.copyOfRange(bytes, offset, offset + (int) count);
  }

  int u8(int offset) {
    require(offset, 1);
    return bytes[offset] & 0xff;
  }

  int u16Big(int offset) {
    return u8(offset) << 8 | u8(offset + 1);
  }

  int u16Little(int offset) {
    return u8(offset) | u8(offset + 1) << 8;
  }

  int u24Little(int offset) {
    return u16Little(offset) | u8(offset + 2) << 16;
  }

  long u32Big(int offset) {
    return (long) u16Big(offset) << 16 | u16Big(offset + 2);
  }

  long u32Little(int offset) {
    return u16Little(offset) | (long) u16Little(offset + 2) << 16;
  }

  boolean startsWith(int offset, String ascii) {
    return startsWith(offset, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  boolean startsWith(int offset, byte[] expected) {
    if (offset + expected.length > bytes.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[offset + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
