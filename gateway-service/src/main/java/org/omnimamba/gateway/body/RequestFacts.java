package org.omnimamba.gateway.body;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * What the gateway needs to know of a body; everything else in it is the services' business.
 *
 * @param asked completion tokens that each choice may have, or null where the request does not say
 * @param count choices or pictures asked for, up to 2^20; 1 where the request says nothing sensible
 * @param stream whether the answer is to be streamed
 * @param picture names the first inlined picture, so that requests about one picture can meet; 0 if
 *     there is none
 * @param background whether the answer is only wanted later
 * @param drawing whether the tool that draws may be used
 * @param urlFormat where the body says {@code "response_format": "url"}, or null if it does not
 */
public record RequestFacts(
    @Nullable Long asked,
    int count,
    boolean stream,
    long picture,
    boolean background,
    boolean drawing,
    @Nullable Span urlFormat) {
  /** Of a request without a body. */
  public static final RequestFacts NONE = new RequestFacts(null, 1, false, 0, false, false, null);

  private static final String ATTRIBUTE = RequestFacts.class.getName();

  /**
   * A value's place in a body.
   *
   * @param from index of its first byte, the quote
   * @param to index after its last byte
   */
  public record Span(int from, int to) {}

  /** The facts of an exchange whose body was read. */
  public static RequestFacts of(ServerWebExchange exchange) {
    return exchange.getAttributeOrDefault(ATTRIBUTE, NONE);
  }

  void attach(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
  }
}
