package org.omnimamba.jobs.web.stop;

import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refuses requests whose body has not arrived when the service stops, instead of waiting for it.
 */
@Component
final class UnfinishedBodies implements WebFilter {
  private final ServiceStop stop;

  UnfinishedBodies(ServiceStop stop) {
    this.stop = stop;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request =
        new ServerHttpRequestDecorator(exchange.getRequest()) {
          @Override
          public Flux<DataBuffer> getBody() {
            return super.getBody()
                .takeUntilOther(stop.begins().flatMap(begun -> Mono.error(refusal())));
          }
        };
    return chain.filter(exchange.mutate().request(request).build());
  }

  private static Problem refusal() {
    return new Problem(ProblemType.UNAVAILABLE, "The service stops; nothing was done.")
        .withHeader("Retry-After", "1")
        // the rest of the body is not read, so the connection is of no more use
        .withHeader("Connection", "close");
  }
}
