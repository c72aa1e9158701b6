package org.omnimamba.gateway.http;

import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every request its id and every answer the headers that all answers carry. */
@Component
final class RequestIdFilter implements WebFilter, Ordered {
  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String id =
        RequestId.of(exchange.getRequest().getHeaders().getFirst(PlatformHeaders.REQUEST_ID));
    exchange.getAttributes().put(RequestId.ATTRIBUTE, id);
    RequestId.begin(exchange);
    exchange
        .getResponse()
        .beforeCommit(
            () -> {
              exchange.getResponse().getHeaders().set(PlatformHeaders.REQUEST_ID, id);
              exchange.getResponse().getHeaders().set("x-content-type-options", "nosniff");
              return Mono.empty();
            });
    return chain.filter(exchange);
  }

  @Override
  public int getOrder() {
    return FilterOrder.REQUEST_ID.order();
  }
}
