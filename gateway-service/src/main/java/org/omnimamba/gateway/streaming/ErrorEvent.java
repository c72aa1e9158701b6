package org.omnimamba.gateway.streaming;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The event that ends a broken stream. */
final class ErrorEvent {
  private static final byte[] START = "event: error\ndata: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private ErrorEvent() {}

  /** The event with this JSON, which must be one line. */
  static byte[] of(byte[] json) {
    ByteArrayOutputStream event = new ByteArrayOutputStream(START.length + json.length + 2);
    event.writeBytes(START);
    event.writeBytes(json);
    event.writeBytes(END);
    return event.toByteArray();
  }
}
