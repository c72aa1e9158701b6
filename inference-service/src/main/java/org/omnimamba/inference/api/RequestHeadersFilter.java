package org.omnimamba.inference.api;

import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.Requester;
import org.omnimamba.inference.engine.TrafficClass;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Gives every request an id and tells how long its answer took to begin. */
@Component
@Order(RequestHeadersFilter.ORDER)
public final class RequestHeadersFilter implements WebFilter {
  static final int ORDER = -200;
  private static final String PROCESSING_MS = "openai-processing-ms";
  private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    long start = System.nanoTime();
    String id = idFor(exchange.getRequest().getHeaders().getFirst(PlatformHeaders.REQUEST_ID));
    exchange.getAttributes().put(PlatformHeaders.REQUEST_ID, id);
    HttpHeaders headers = exchange.getResponse().getHeaders();
    headers.set(PlatformHeaders.REQUEST_ID, id);
    exchange
        .getResponse()
        .beforeCommit(
            () -> {
              long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
              headers.set(PROCESSING_MS, Long.toString(millis));
              return Mono.empty();
            });
    return chain.filter(exchange);
  }

  /** The id of an exchange that has passed this filter. */
  public static String requestId(ServerWebExchange exchange) {
    return exchange.getAttributeOrDefault(PlatformHeaders.REQUEST_ID, "unknown");
  }

  /** Who asks in an exchange that has passed this filter. */
  static Caller caller(ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getRequest().getHeaders();
    boolean job = PlatformHeaders.JOB.equals(headers.getFirst(PlatformHeaders.TRAFFIC));
    TrafficClass traffic = job ? TrafficClass.JOB : TrafficClass.INTERACTIVE;
    return new Caller(
        requestId(exchange), new Requester(headers.getFirst(PlatformHeaders.TENANT), traffic));
  }

  private static String idFor(@Nullable String presented) {
    if (presented != null && SANE_ID.matcher(presented).matches()) {
      return presented;
    }
    return RandomIds.next("req_");
  }
}
