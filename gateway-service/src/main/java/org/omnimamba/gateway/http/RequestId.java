package org.omnimamba.gateway.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** The id that ties a request's log lines, traces and answers together. */
public final class RequestId {
  /** Exchange attribute and key of the logging context. */
  public static final String ATTRIBUTE = "omnimamba.request-id";

  private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

  private static final String BEGAN = "omnimamba.request-began";

  private RequestId() {}

  /** The request's time begins. */
  static void begin(ServerWebExchange exchange) {
    exchange.getAttributes().put(BEGAN, System.nanoTime());
  }

  /** Milliseconds since the request came. */
  public static long millis(ServerWebExchange exchange) {
    Long began = exchange.getAttribute(BEGAN);
    return began == null ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

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
