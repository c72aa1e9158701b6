package org.omnimamba.web.body;

import java.util.function.Predicate;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes controllers read bodies through a {@link BodyReader}: when a controller asks for the body,
 * it comes whole, in one buffer, and its bytes count until the request is over.
 */
@Order(-100)
public final class BudgetedBodyFilter implements WebFilter {
  private final BodyReader bodies;
  private final ByteBudget budget;
  private final ApplicationContext context;
  private final Predicate<ServerHttpRequest> streamed;

  /**
   * @param context the service's own context, whose requests are read
   */
  public BudgetedBodyFilter(BodyReader bodies, ByteBudget budget, ApplicationContext context) {
    this(bodies, budget, context, request -> false);
  }

  /**
   * @param context the service's own context, whose requests are read
   * @param streamed the requests whose bodies a controller takes part by part, within limits of its
   *     own
   */
  public BudgetedBodyFilter(
      BodyReader bodies,
      ByteBudget budget,
      ApplicationContext context,
      Predicate<ServerHttpRequest> streamed) {
    this.streamed = streamed;
    this.bodies = bodies;
    this.budget = budget;
    this.context = context;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getApplicationContext() != context || streamed.test(exchange.getRequest())) {
      return chain.filter(exchange);
    }
    return Mono.using(
        budget::open, lease -> chain.filter(read(exchange, lease)), ByteBudget.Lease::close);
  }

  private ServerWebExchange read(ServerWebExchange exchange, ByteBudget.Lease lease) {
    ServerHttpRequest request = exchange.getRequest();
    return exchange
        .mutate()
        .request(
            new ServerHttpRequestDecorator(request) {
              @Override
              public Flux<DataBuffer> getBody() {
                return bodies
                    .read(request, lease)
                    .filter(bytes -> bytes.length > 0)
                    .map(bytes -> (DataBuffer) exchange.getResponse().bufferFactory().wrap(bytes))
                    .flux();
              }
            })
        .build();
  }
}
