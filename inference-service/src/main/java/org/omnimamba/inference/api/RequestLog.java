package org.omnimamba.inference.api;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/** Logs each request when it is over: what was asked for and how it ended, never what it said. */
@Component
@Order(RequestHeadersFilter.ORDER + 5)
final class RequestLog implements WebFilter {
  private static final Logger log = LoggerFactory.getLogger(RequestLog.class);
  private static final int CLIENT_WENT_AWAY = 499;
  private static final String WENT_AWAY = RequestLog.class.getName() + ".wentAway";

  /** Asked for every few seconds by probes. */
  private static final Set<String> PROBES = Set.of("/livez", "/readyz");

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getURI().getRawPath();
    if (PROBES.contains(path) || path.startsWith("/actuator")) {
      return chain.filter(exchange);
    }
    long start = System.nanoTime();
    return chain
        .filter(exchange)
        .doOnError(
            DisconnectedClientHelper::isClientDisconnectedException, e -> clientWentAway(exchange))
        .doOnCancel(() -> clientWentAway(exchange))
        .doFinally(end -> over(exchange, start))
        .contextWrite(DroppedErrors::quiet);
  }

  /** Notes that a request is over because its client has closed the connection. */
  static void clientWentAway(ServerWebExchange exchange) {
    exchange.getAttributes().put(WENT_AWAY, true);
  }

  private static void over(ServerWebExchange exchange, long start) {
    String requestId = RequestHeadersFilter.requestId(exchange);
    Object route =
        exchange.getAttributeOrDefault(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "other");
    int status = status(exchange);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    log.atInfo()
        .addKeyValue("request_id", requestId)
        .addKeyValue("status", status)
        .addKeyValue("duration_ms", millis)
        .log(
            "{} {} -> {} in {} ms ({})",
            exchange.getRequest().getMethod(),
            route,
            status,
            millis,
            requestId);
  }

  private static int status(ServerWebExchange exchange) {
    if (exchange.getAttribute(WENT_AWAY) != null) {
      return CLIENT_WENT_AWAY;
    }
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    return status == null ? 200 : status.value();
  }
}
