package org.omnimamba.gateway.routing;

import org.omnimamba.gateway.FilterOrder;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Ends the answer when its replica is lost, and counts the request there until it is over. */
@Component
final class TripFilter implements GlobalFilter, Ordered {
  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    ServerHttpResponseDecorator response =
        new ServerHttpResponseDecorator(exchange.getResponse()) {
          @Override
          public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            return super.writeWith(watched(body, exchange));
          }

          @Override
          public Mono<Void> writeAndFlushWith(
              Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return super.writeAndFlushWith(watched(body, exchange));
          }
        };
    return chain
        .filter(exchange.mutate().response(response).build())
        .doFinally(end -> Trip.end(exchange));
  }

  private static <T> Flux<T> watched(Publisher<? extends T> body, ServerWebExchange exchange) {
    return Flux.<T>from(body)
        .doOnNext(part -> Trip.heard(exchange))
        .takeUntilOther(Trip.loss(exchange));
  }

  @Override
  public int getOrder() {
    return FilterOrder.TRIP.order();
  }
}
