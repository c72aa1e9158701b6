package org.omnimamba.gateway.observability;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.web.request.FinishedRequest;
import org.omnimamba.web.request.RequestDetails;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Logs and times the requests of known tenants. */
@Component
final class GatewayRequests implements RequestDetails {
  private final MeterRegistry meters;

  GatewayRequests(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public boolean isLogged(ServerWebExchange exchange) {
    return Caller.find(exchange) != null;
  }

  @Override
  public String route(ServerWebExchange exchange) {
    return Routes.of(exchange.getRequest().getURI().getRawPath());
  }

  @Override
  public String tenant(ServerWebExchange exchange) {
    return Caller.of(exchange).tenant();
  }

  @Override
  public Map<String, String> fields(ServerWebExchange exchange) {
    return Map.of("key", Caller.of(exchange).keyId());
  }

  @Override
  public void over(FinishedRequest request) {
    Tags tags = Tags.of("route", request.route(), "status", Integer.toString(request.status()));
    timer("omnimamba.gateway.requests", tags).record(request.nanos(), TimeUnit.NANOSECONDS);
    if (request.firstByteNanos() > 0) {
      timer("omnimamba.gateway.first.byte", tags)
          .record(request.firstByteNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private Timer timer(String name, Tags tags) {
    return Timer.builder(name)
        .tags(tags)
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60))
        .register(meters);
  }
}
