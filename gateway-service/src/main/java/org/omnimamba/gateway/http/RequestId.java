package org.omnimamba.gateway.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id that ties a request's log lines, traces and answers together. */
public final class RequestId {
  /** Exchange attribute and key of the logging context. */
  public static final String ATTRIBUTE = "omnimamba.request-id";

  public static final String HEADER = "x-request-id";

  private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

  private RequestId() {}

  /** The client's own id when it is harmless to log and send on, else a new one. */
  static String of(@Nullable String fromClient) {
    if (fromClient != null && ACCEPTED.matcher(fromClient).matches()) {
      return fromClient;
    }
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return "req_" + HexFormat.of().formatHex(random);
  }
}
