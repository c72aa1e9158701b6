package org.omnimamba.inference.api;

import java.io.ByteArrayOutputStream;
import org.springframework.core.io.buffer.DataBuffer;

/** Collects a body's parts. */
final class BodyBuffer {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  int length() {
    return bytes.size();
  }

  void add(DataBuffer part) {
    byte[] copy = new byte[part.readableByteCount()];
    part.read(copy);
    bytes.writeBytes(copy);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
