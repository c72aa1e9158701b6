package org.omnimamba.jobs.response;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names of responses and of what is in them, all made of the response's own id. */
public final class ResponseIds {
  private static final String RESPONSE = "resp_";
  private static final Pattern FORM = Pattern.compile(RESPONSE + "[0-9a-f]{32}");

  private ResponseIds() {}

  /** The name on the wire, {@code resp_} and 32 hexadecimal digits. */
  public static String response(UUID id) {
    return RESPONSE + hex(id);
  }

  static String message(UUID id) {
    return "msg_" + hex(id);
  }

  static String picture(UUID id) {
    return "ig_" + hex(id);
  }

  static String inputItem(UUID id, int index) {
    return "msg_" + hex(id) + "_" + index;
  }

  /** The id of a name; empty for what is no name of a response. */
  public static Optional<UUID> parse(String name) {
    if (!FORM.matcher(name).matches()) {
      return Optional.empty();
    }
    String hex = name.substring(RESPONSE.length());
    return Optional.of(
        new UUID(
            Long.parseUnsignedLong(hex.substring(0, 16), 16),
            Long.parseUnsignedLong(hex.substring(16), 16)));
  }

  private static String hex(UUID id) {
    return id.toString().replace("-", "");
  }
}
