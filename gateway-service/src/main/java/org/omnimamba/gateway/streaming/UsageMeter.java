package org.omnimamba.gateway.streaming;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.server.ServerWebExchange;

/**
 * Counts generated tokens while an answer passes by: the numbers of {@code usage} objects, and the
 * {@code delta} objects of a chat's chunks, or texts of a response's, that carry content.
 */
public final class UsageMeter {
  private static final String ATTRIBUTE = UsageMeter.class.getName();

  private final JsonWalk walk = new JsonWalk(new Fields());
  private long reported;
  private long chunks;
  private boolean failed;

  /** What of an answer's JSON counts, wherever it stands among the other members. */
  private final class Fields implements JsonWalk.Listener {
    private boolean content;
    private boolean text;
    private boolean role;

    @Override
    public void number(String object, String name, long value) {
      if (object.equals("usage")
          && (name.equals("completion_tokens") || name.equals("output_tokens"))) {
        reported += value;
      }
    }

    @Override
    public void string(String object, String name, boolean empty) {
      if (object.equals("delta")) {
        content |= name.equals("content");
        text |= name.equals("content") && !empty;
        role |= name.equals("role");
      } else if (name.equals("delta") && !empty) {
        // of a response's stream, where it is the text itself
        chunks++;
      }
    }

    @Override
    public void end(String object) {
      if (object.equals("delta")) {
        // A token may be half a character and so bring no text; but what opens a choice has a
        // role, no text and no token.
        if (text || (content && !role)) {
          chunks++;
        }
        content = false;
        text = false;
        role = false;
      }
    }
  }

  /** A meter for the answer of this exchange. */
  public static UsageMeter attach(ServerWebExchange exchange) {
    UsageMeter meter = new UsageMeter();
    exchange.getAttributes().put(ATTRIBUTE, meter);
    return meter;
  }

  static @Nullable UsageMeter of(ServerWebExchange exchange) {
    return exchange.getAttribute(ATTRIBUTE);
  }

  /** The answer is an error or broke off, so what did not pass by does not count. */
  public void failed() {
    failed = true;
  }

  /** Looks at the next part of the answer; its position is left alone. */
  void accept(DataBuffer part) {
    try (DataBuffer.ByteBufferIterator buffers = part.readableByteBuffers()) {
      buffers.forEachRemaining(
          bytes -> {
            for (int at = bytes.position(); at < bytes.limit(); at++) {
              walk.next(bytes.get(at));
            }
          });
    }
  }

  /**
   * Tokens generated: what the service reported; else, of a chat, one for each chunk that came;
   * else what was reserved, because a picture that nobody waited for was drawn all the same. An
   * answer that failed costs only what was seen of it.
   */
  public long generated(long reserved, boolean images) {
    if (reported > 0) {
      return reported;
    }
    long seen = images ? 0 : Math.min(chunks, reserved);
    return failed || seen > 0 ? seen : reserved;
  }
}
