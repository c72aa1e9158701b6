package org.omnimamba.gateway.streaming;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.usage.Usage;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.server.ServerWebExchange;

/**
 * Counts what was used while an answer passes by: the numbers of {@code usage} objects, pictures,
 * and the {@code delta} objects of a chat's chunks, or texts of a response's, that carry content.
 */
public final class UsageMeter {
  private static final String ATTRIBUTE = UsageMeter.class.getName();

  /** Objects around the usage of a response that stands in an event; others have fewer. */
  private static final int DEEPEST_USAGE = 2;

  private final JsonWalk walk = new JsonWalk(new Fields());
  private long input;
  private long cached;
  private long reported;
  private long reports;
  private long pictures;
  private long chunks;
  private boolean failed;
  private volatile @Nullable String ticket;

  /** What of an answer's JSON counts, wherever it stands among the other members. */
  private final class Fields implements JsonWalk.Listener {
    private boolean content;
    private boolean text;
    private boolean role;
    private boolean bytes;
    private boolean told;

    @Override
    public void number(String object, String name, long value) {
      switch (object) {
        case "usage" -> {
          if (walk.depth() > DEEPEST_USAGE + 1) {
            // a name in what the client sent, a schema for one, and which the answer repeats
            return;
          }
          switch (name) {
            case "prompt_tokens", "input_tokens" -> input += value;
            case "completion_tokens", "output_tokens" -> reported += value;
            default -> {
              // their sum
            }
          }
        }
        case "prompt_tokens_details", "input_tokens_details" -> {
          if (name.equals("cached_tokens") && walk.depth() <= DEEPEST_USAGE + 2) {
            cached += value;
          }
        }
        default -> {
          // not of usage
        }
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
      } else if (object.isEmpty() && !empty) {
        picture(name);
      }
    }

    private void picture(String name) {
      if (walk.depth() > 1) {
        // an item of a list: of an answer with pictures, or of a response's output
        pictures += name.equals("b64_json") || name.equals("result") ? 1 : 0;
      } else if (name.equals("b64_json")) {
        // an event with a picture, finished or not
        bytes = true;
      }
    }

    @Override
    public void end(String object) {
      if (walk.depth() == 0) {
        // of pictures in a stream only those that are finished tell what they used
        pictures += bytes && told ? 1 : 0;
        bytes = false;
        told = false;
      }
      if (object.equals("usage") && walk.depth() <= DEEPEST_USAGE) {
        reports++;
        told = true;
      } else if (object.equals("error") && walk.depth() == 1) {
        // in the middle of a stream, after some of the answer had come
        failed();
      } else if (object.equals("delta")) {
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

  /** The meter of an exchange, or null if its answer generates nothing. */
  public static @Nullable UsageMeter of(ServerWebExchange exchange) {
    return exchange.getAttribute(ATTRIBUTE);
  }

  /** The ticket of an exchange, or null if it has none. */
  public static @Nullable String ticketOf(ServerWebExchange exchange) {
    UsageMeter meter = of(exchange);
    return meter == null ? null : meter.ticket;
  }

  /**
   * A name under which inference-service remembers what is made, for the case that the answer does
   * not say it; always the same one.
   */
  public String issueTicket() {
    String known = ticket;
    if (known == null) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      known = "%016x%016x".formatted(random.nextLong(), random.nextLong());
      ticket = known;
    }
    return known;
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

  /** Whether the answer said what it used, and is no part of one. */
  public boolean isWhole() {
    return reports > 0 && !failed;
  }

  /** What of the answer has passed by; of a text that did not say, a token for each chunk. */
  public Usage seen() {
    return new Usage(1, pictures, input, cached, reports > 0 ? reported : chunks);
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
