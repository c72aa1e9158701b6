package org.omnimamba.inference.api;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** One server-sent event: its name, if it has one, and what to send as JSON. */
public final class SseEvent {
  private static final SseEvent DONE = new SseEvent(null, null, "data: [DONE]\n\n");
  private static final SseEvent PING = new SseEvent(null, null, ": ping\n\n");

  private final @Nullable String name;
  private final @Nullable Object data;
  private final @Nullable String literal;

  private SseEvent(@Nullable String name, @Nullable Object data, @Nullable String literal) {
    this.name = name;
    this.data = data;
    this.literal = literal;
  }

  /** An event without a name, as chat streams have them. */
  public static SseEvent of(Object data) {
    return new SseEvent(null, data, null);
  }

  /** An event with a name, as image streams have them. */
  public static SseEvent named(String name, Object data) {
    return new SseEvent(name, data, null);
  }

  /** The end of a chat stream. */
  public static SseEvent done() {
    return DONE;
  }

  /** A comment. */
  static SseEvent ping() {
    return PING;
  }

  byte[] bytes(JsonMapper mapper) {
    String text = literal;
    if (text == null) {
      text =
          (name == null ? "" : "event: " + name + "\n")
              + "data: "
              + mapper.writeValueAsString(data)
              + "\n\n";
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
