package org.omnimamba.web.shutdown;

import java.time.Duration;
import org.omnimamba.web.body.BodyException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refuses requests whose body has not arrived a moment after the service began to stop, instead of
 * waiting for it: nothing was done for them.
 */
@Order(UnfinishedBodies.ORDER)
final class UnfinishedBodies implements WebFilter {
  /** Before all that reads bodies, after the request's id and log. */
  static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 65;

  private final Mono<DataBuffer> refusal;

  /**
   * @param patience how long a body that is on its way may still take
   */
  UnfinishedBodies(ServiceStop stop, Duration patience) {
    this.refusal =
        stop.begins()
            .flatMap(begun -> Mono.delay(patience))
            .then(Mono.<DataBuffer>error(BodyException::stopping));
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request =
        new ServerHttpRequestDecorator(exchange.getRequest()) {
          @Override
          public Flux<DataBuffer> getBody() {
            return super.getBody()
                .takeUntilOther(refusal)
                .doOnError(BodyException.class, e -> closes(exchange));
          }
        };
    return chain.filter(exchange.mutate().request(request).build());
  }

  /** The rest of the body is not read, so the connection is of no more use. */
  private static void closes(ServerWebExchange exchange) {
    ServerHttpResponse response = exchange.getResponse();
    response.beforeCommit(
        () -> Mono.fromRunnable(() -> response.getHeaders().set(HttpHeaders.CONNECTION, "close")));
  }
}
