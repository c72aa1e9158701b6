package org.omnimamba.web.request;

import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every request its id and every answer the headers that all answers carry. */
public final class RequestIdFilter implements WebFilter, Ordered {
  /** Before everything that logs or answers. */
  public static final int ORDER = Ordered.HIGHEST_PRECEDENCE;

  RequestIdFilter() {}

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String id =
        RequestId.give(
            exchange, exchange.getRequest().getHeaders().getFirst(PlatformHeaders.REQUEST_ID));
    HttpHeaders headers = exchange.getResponse().getHeaders();
    // at the last moment, since an answer that is passed on brings its own
    exchange
        .getResponse()
        .beforeCommit(
            () -> {
              headers.set(PlatformHeaders.REQUEST_ID, id);
              headers.set("x-content-type-options", "nosniff");
              return Mono.empty();
            });
    return chain.filter(exchange);
  }

  @Override
  public int getOrder() {
    return ORDER;
  }
}
