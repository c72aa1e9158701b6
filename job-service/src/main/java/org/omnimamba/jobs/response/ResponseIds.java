package org.omnimamba.jobs.response;

import java.util.Optional;
import java.util.UUID;
import org.omnimamba.jobs.job.WireName;

/** Names of responses and of what is in them, all made of the response's own id. */
public final class ResponseIds {
  private static final WireName RESPONSE = new WireName("resp_");

  private ResponseIds() {}

  /** The name on the wire, {@code resp_} and 32 hexadecimal digits. */
  public static String response(UUID id) {
    return RESPONSE.of(id);
  }

  static String message(UUID id) {
    return "msg_" + WireName.digits(id);
  }

  static String picture(UUID id) {
    return "ig_" + WireName.digits(id);
  }

  static String inputItem(UUID id, int index) {
    return "msg_" + WireName.digits(id) + "_" + index;
  }

  /** The id of a name; empty for what is no name of a response. */
  public static Optional<UUID> parse(String name) {
    return RESPONSE.parse(name);
  }
}
