package org.omnimamba.gateway.streaming;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.server.ServerWebExchange;

/**
 * Counts generated tokens while an answer passes by.
 *
 * <p>It looks for the names of a few JSON fields right before a colon. A quote within a JSON string
 * is always escaped, so generated text can never look like one of these fields. Values that are cut
 * in two by the network are put together again.
 */
public final class UsageMeter {
  private static final String ATTRIBUTE = UsageMeter.class.getName();
  private static final byte[] CHAT_USAGE = name("completion_tokens");
  private static final byte[] IMAGE_USAGE = name("output_tokens");

  /**
   * Begins what each token adds to a chat; the chunk that only opens a choice begins with a role.
   */
  private static final byte[] CONTENT =
      "\"delta\":{\"content\"".getBytes(StandardCharsets.US_ASCII);

  private static final int LONGEST_NAME = CHAT_USAGE.length;

  /** The last bytes of the parts before, ending at the right. */
  private final byte[] before = new byte[LONGEST_NAME];

  private boolean inNumber;
  private long number;
  private long reported;
  private long chunks;
  private boolean failed;

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
      buffers.forEachRemaining(this::accept);
    }
  }

  private void accept(ByteBuffer part) {
    int end = part.limit();
    for (int at = part.position(); at < end; at++) {
      byte next = part.get(at);
      if (inNumber) {
        digit(next);
      } else if (next == ':') {
        colon(part, at);
      }
    }
    remember(part);
  }

  private void digit(byte next) {
    if (next >= '0' && next <= '9') {
      number = number * 10 + (next - '0');
    } else if (next != ' ' || number > 0) {
      inNumber = false;
      reported += number;
      number = 0;
    }
  }

  private void colon(ByteBuffer part, int at) {
    if (isName(CHAT_USAGE, part, at) || isName(IMAGE_USAGE, part, at)) {
      inNumber = true;
    } else if (isName(CONTENT, part, at)) {
      chunks++;
    }
  }

  /** Whether the bytes before {@code end}, in this part or those before, are {@code name}. */
  private boolean isName(byte[] name, ByteBuffer part, int end) {
    for (int i = 1; i <= name.length; i++) {
      int at = end - i;
      int missing = part.position() - at;
      byte present = missing > 0 ? before[before.length - missing] : part.get(at);
      if (present != name[name.length - i]) {
        return false;
      }
    }
    return true;
  }

  private void remember(ByteBuffer part) {
    int fresh = Math.min(part.remaining(), before.length);
    System.arraycopy(before, fresh, before, 0, before.length - fresh);
    part.get(part.limit() - fresh, before, before.length - fresh, fresh);
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

  private static byte[] name(String field) {
    return ('"' + field + '"').getBytes(StandardCharsets.US_ASCII);
  }
}
