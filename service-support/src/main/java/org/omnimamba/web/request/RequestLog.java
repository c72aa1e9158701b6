package org.omnimamba.web.request;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.http.Probes;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/**
 * Logs each request when it is over, also when its client went away: what was asked for and how it
 * ended, never what it said. Probes and requests for metrics are not logged.
 */
public final class RequestLog implements WebFilter, Ordered {
  /** After the request has its id, before all that may answer it. */
  public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

  private static final String WENT_AWAY = RequestLog.class.getName() + ".wentAway";

  private final Logger log;
  private final RequestDetails details;

  /**
   * @param log of the service's own package, so that lines of several services can be told apart
   */
  RequestLog(Logger log, RequestDetails details) {
    this.log = log;
    this.details = details;
  }

  /** Notes that a request is over because its client has closed the connection. */
  public static void clientWentAway(ServerWebExchange exchange) {
    exchange.getAttributes().put(WENT_AWAY, true);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (Probes.isMonitoring(exchange.getRequest())) {
      return chain.filter(exchange);
    }
    long start = System.nanoTime();
    AtomicLong firstByte = new AtomicLong();
    exchange
        .getResponse()
        .beforeCommit(
            () -> Mono.fromRunnable(() -> firstByte.set(Math.max(1, System.nanoTime() - start))));
    return chain
        .filter(exchange)
        .doOnError(RequestLog::isOfAClientThatWentAway, e -> clientWentAway(exchange))
        .doOnCancel(() -> clientWentAway(exchange))
        .doFinally(end -> over(exchange, System.nanoTime() - start, firstByte.get()))
        .contextWrite(DroppedErrors::quiet);
  }

  private static boolean isOfAClientThatWentAway(Throwable failure) {
    return failure instanceof BodyException body
        ? body.reason() == BodyException.Reason.CLIENT_GONE
        : DisconnectedClientHelper.isClientDisconnectedException(failure);
  }

  private void over(ServerWebExchange exchange, long nanos, long firstByteNanos) {
    if (!details.isLogged(exchange)) {
      return;
    }
    FinishedRequest request =
        new FinishedRequest(details.route(exchange), status(exchange), nanos, firstByteNanos);
    details.over(request);
    String id = RequestId.of(exchange);
    @Nullable String tenant = details.tenant(exchange);
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
    LoggingEventBuilder line =
        log.atInfo()
            .addKeyValue("request_id", id)
            .addKeyValue("status", request.status())
            .addKeyValue("duration_ms", millis);
    if (tenant != null) {
      line = line.addKeyValue("tenant", tenant);
    }
    for (Map.Entry<String, String> field : details.fields(exchange).entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
    }
    line.log(
        "{} {} -> {} in {} ms ({})",
        exchange.getRequest().getMethod(),
        request.route(),
        request.status(),
        millis,
        tenant == null ? id : tenant + ", " + id);
  }

  private static int status(ServerWebExchange exchange) {
    if (exchange.getAttribute(WENT_AWAY) != null) {
      return FinishedRequest.CLIENT_WENT_AWAY;
    }
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    return status == null ? 200 : status.value();
  }

  @Override
  public int getOrder() {
    return ORDER;
  }
}
