package org.omnimamba.gateway.body;

import org.omnimamba.gateway.GatewayProperties;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the body before the request goes anywhere, so that it can be judged and sent again. */
@Component
final class BodyFilter implements GlobalFilter, Ordered {
  private final BodyReader reader;
  private final MemoryBudget budget;

  BodyFilter(GatewayProperties properties) {
    this.reader = new BodyReader(properties.body());
    this.budget = new MemoryBudget(properties.body().memory().toBytes());
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    return Mono.using(
        budget::open,
        lease ->
            reader
                .read(exchange.getRequest(), lease)
                .flatMap(body -> chain.filter(withBody(exchange, body))),
        MemoryBudget.Lease::close);
  }

  private static ServerWebExchange withBody(ServerWebExchange exchange, RequestBody body) {
    exchange.getAttributes().put(RequestBody.ATTRIBUTE, body);
    return exchange
        .mutate()
        .request(
            new ServerHttpRequestDecorator(exchange.getRequest()) {
              @Override
              public Flux<DataBuffer> getBody() {
                return body.length() == 0
                    ? Flux.empty()
                    : Flux.defer(
                        () -> Flux.just(exchange.getResponse().bufferFactory().wrap(body.bytes())));
              }
            })
        .build();
  }

  @Override
  public int getOrder() {
    return -1000;
  }
}
