package org.omnimamba.gateway.routing;

import java.util.List;
import java.util.Set;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.body.RequestBody;
import org.omnimamba.gateway.streaming.UsageMeter;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.request.RequestId;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * What a service sees of a client's headers: those named here, one line each, and nothing else. The
 * tenant, the key's name and the internal token come from the gateway alone. Runs after all other
 * header filters, so that no {@code Connection} option of a client can remove what is set here.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
final class UpstreamRequestHeaders implements HttpHeadersFilter, Ordered {
  /** Those that have one value; of several the first counts. */
  private static final Set<String> PASSED =
      Set.of("content-type", "idempotency-key", "if-range", "last-event-id", "range", "user-agent");

  /** Those that are lists, which a client may spread over several lines. */
  private static final Set<String> LISTS = Set.of("accept", "if-match", "if-none-match", "prefer");

  /** Set by the gateway's own tracing, which replaces what a client sent. */
  private static final Set<String> TRACING = Set.of("traceparent", "tracestate");

  private final String internalToken;

  UpstreamRequestHeaders(InternalTokenProperties properties) {
    this.internalToken = properties.internalToken();
  }

  @Override
  public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
    HttpHeaders passed = new HttpHeaders();
    PASSED.forEach(name -> copyFirst(input, passed, name));
    LISTS.forEach(name -> copyAll(input, passed, name));
    TRACING.forEach(name -> copyFirst(input, passed, name));
    passed.set(PlatformHeaders.INTERNAL_TOKEN, internalToken);
    Caller caller = Caller.of(exchange);
    passed.set(PlatformHeaders.TENANT, caller.tenant());
    passed.set(PlatformHeaders.KEY, caller.keyId());
    String ticket = UsageMeter.ticketOf(exchange);
    if (ticket != null) {
      passed.set(PlatformHeaders.USAGE_TICKET, ticket);
    }
    passed.set(PlatformHeaders.REQUEST_ID, RequestId.of(exchange));
    RequestBody body = exchange.getAttribute(RequestBody.ATTRIBUTE);
    if (body != null) {
      passed.setContentLength(body.length());
    }
    return passed;
  }

  private static void copyFirst(HttpHeaders from, HttpHeaders to, String name) {
    List<String> values = from.get(name);
    if (values != null && !values.isEmpty()) {
      to.set(name, values.get(0));
    }
  }

  private static void copyAll(HttpHeaders from, HttpHeaders to, String name) {
    List<String> values = from.get(name);
    if (values != null && !values.isEmpty()) {
      to.set(name, String.join(", ", values));
    }
  }

  @Override
  public boolean supports(Type type) {
    return type == Type.REQUEST;
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
