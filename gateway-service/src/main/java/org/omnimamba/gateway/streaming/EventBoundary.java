package org.omnimamba.gateway.streaming;

import org.springframework.core.io.buffer.DataBuffer;

/** Knows whether a stream of server-sent events stands between two events. */
final class EventBoundary {
  /** Line ends seen in a row; a carriage return before a line feed does not count. */
  private int lineEnds = 2;

  /** Looks at the next part of the stream; its position is left alone. */
  void accept(DataBuffer part) {
    int from = part.readPosition();
    int end = part.writePosition();
    // Two line ends take at most four bytes, so only the last few can matter.
    int start = Math.max(from, end - 4);
    if (start > from) {
      lineEnds = 0;
    }
    for (int at = start; at < end; at++) {
      byte next = part.getByte(at);
      if (next == '\n') {
        lineEnds++;
      } else if (next != '\r') {
        lineEnds = 0;
      }
    }
  }

  boolean isBetweenEvents() {
    return lineEnds >= 2;
  }
}
