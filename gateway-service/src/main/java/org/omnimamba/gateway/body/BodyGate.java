package org.omnimamba.gateway.body;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.function.Function;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.web.body.BodyReader;
import org.omnimamba.web.body.BudgetSize;
import org.omnimamba.web.body.ByteBudget;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/** Reads and judges a body before the request goes anywhere, so that it can be sent again. */
@Component
final class BodyGate {
  /** From here on a body is parsed away from the event loop, which others wait for. */
  private static final int LARGE = 64 * 1024;

  private static final Set<HttpMethod> BODILESS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

  private final BodyReader bodies;
  private final FactsReader facts;
  private final ByteBudget budget;

  BodyGate(BodyProperties properties, MeterRegistry meters) {
    long maxSize = properties.maxSize().toBytes();
    this.bodies = new BodyReader(maxSize, properties.timeout(), 1);
    this.facts = new FactsReader(properties.maxDepth());
    this.budget =
        BudgetSize.ofThisProcess()
            .budget(
                "omnimamba.gateway.body.memory",
                properties.memory(),
                "omnimamba.gateway.body.max-size",
                maxSize,
                1);
    meters.gauge("omnimamba.gateway.bodies.bytes", budget, ByteBudget::used);
  }

  /**
   * Lets the request through to {@code next} with a body that can be read again.
   *
   * @return fails with 400, 408, 413, 415 or 503 if the body is not one that is taken
   */
  Mono<Void> pass(ServerWebExchange exchange, Function<ServerWebExchange, Mono<Void>> next) {
    return Mono.using(
        budget::open,
        lease ->
            bodies
                .read(exchange.getRequest(), lease)
                .map(bytes -> new RequestBody(bytes, lease))
                .flatMap(body -> wasRefused(exchange) ? Mono.<RequestBody>never() : Mono.just(body))
                .flatMap(
                    body ->
                        understand(exchange.getRequest(), body)
                            .doOnNext(known -> known.attach(exchange))
                            .thenReturn(body))
                .flatMap(body -> next.apply(body.attach(exchange))),
        ByteBudget.Lease::close);
  }

  /**
   * Whether the server itself has answered already, because the body's framing was broken. The body
   * then only seems to end; the connection is about to be closed, which cancels what is here.
   */
  private static boolean wasRefused(ServerWebExchange exchange) {
    return ServerHttpResponseDecorator.getNativeResponse(exchange.getResponse())
            instanceof HttpServerResponse response
        && response.hasSentHeaders();
  }

  private Mono<RequestFacts> understand(ServerHttpRequest request, RequestBody body) {
    if (body.length() == 0) {
      return Mono.just(RequestFacts.NONE);
    }
    HttpMethod method = request.getMethod();
    if (BODILESS.contains(method)) {
      return Mono.error(
          ApiException.invalidRequest(
              HttpStatus.BAD_REQUEST,
              "unexpected_body",
              "A " + method + " request must not have a body."));
    }
    ContentTypes.requireJson(request.getHeaders());
    Mono<RequestFacts> read = Mono.fromCallable(() -> facts.read(body.bytes()));
    return body.length() < LARGE ? read : read.subscribeOn(Schedulers.parallel());
  }
}
