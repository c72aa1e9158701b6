package org.omnimamba.web.request;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** The id that ties a request's log lines, in all services, and its answer together. */
public final class RequestId {
  private static final String ATTRIBUTE = RequestId.class.getName();
  private static final String BEGAN = ATTRIBUTE + ".began";
  private static final Pattern ACCEPTED = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private RequestId() {}

  /** The id of an exchange; {@code -} before it has one. */
  public static String of(ServerWebExchange exchange) {
    return exchange.getAttributeOrDefault(ATTRIBUTE, "-");
  }

  /** Milliseconds since the request came. */
  public static long millis(ServerWebExchange exchange) {
    Long began = exchange.getAttribute(BEGAN);
    return began == null ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  /**
   * Gives the exchange an id: the presented one if it is harmless to log and send on, else a new
   * one.
   */
  static String give(ServerWebExchange exchange, @Nullable String presented) {
    String id = presented != null && ACCEPTED.matcher(presented).matches() ? presented : newId();
    exchange.getAttributes().put(ATTRIBUTE, id);
    exchange.getAttributes().put(BEGAN, System.nanoTime());
    return id;
  }

  private static String newId() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    return "req_" + HexFormat.of().formatHex(random);
  }
}
