package org.omnimamba.inference.api;

import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.Requester;
import org.omnimamba.inference.engine.TrafficClass;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.internal.Tenant;
import org.omnimamba.web.request.RequestId;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;

/**
 * Who asks.
 *
 * @param requestId of this request, for logs
 * @param requester for whom the gateway or a job asks
 */
public record Caller(String requestId, Requester requester) {

  /**
   * Who asks in an exchange.
   *
   * @throws ApiException if the tenant's name is not valid
   */
  static Caller of(ServerWebExchange exchange) {
    HttpHeaders headers = exchange.getRequest().getHeaders();
    boolean job = PlatformHeaders.JOB.equals(headers.getFirst(PlatformHeaders.TRAFFIC));
    TrafficClass traffic = job ? TrafficClass.JOB : TrafficClass.INTERACTIVE;
    return new Caller(RequestId.of(exchange), new Requester(tenant(headers), traffic));
  }

  /** Null for who does not come through the gateway, such as an operator: no share bounds it. */
  private static @Nullable String tenant(HttpHeaders headers) {
    if (headers.getFirst(PlatformHeaders.TENANT) == null) {
      return null;
    }
    return Tenant.of(headers)
        .map(Tenant::name)
        .orElseThrow(
            () ->
                ApiException.client(
                    HttpStatus.BAD_REQUEST,
                    null,
                    "invalid_tenant",
                    "The tenant's name is not valid."));
  }
}
