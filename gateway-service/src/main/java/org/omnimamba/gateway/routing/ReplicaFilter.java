package org.omnimamba.gateway.routing;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.body.RequestFacts;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.errors.ErrorTranslator;
import org.omnimamba.gateway.http.RequestId;
import org.omnimamba.gateway.limits.GenerationCost;
import org.omnimamba.web.internal.PlatformHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Sends a request to a replica, and to another one if that one fails before the first byte of its
 * answer. Inference changes nothing anywhere, so that sending it twice is safe; jobs are never sent
 * twice.
 */
@Component
final class ReplicaFilter implements GlobalFilter, Ordered {
  private static final Logger log = LoggerFactory.getLogger(ReplicaFilter.class);

  private final Replicas replicas;
  private final RoutingProperties properties;
  private final MeterRegistry meters;

  ReplicaFilter(Replicas replicas, RoutingProperties properties, MeterRegistry meters) {
    this.replicas = replicas;
    this.properties = properties;
    this.meters = meters;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    Route route = exchange.getAttribute(GATEWAY_ROUTE_ATTR);
    if (route == null || !route.getId().equals(RouteConfiguration.INFERENCE)) {
      return chain.filter(exchange);
    }
    return attempt(exchange, chain, new HashSet<>(), null);
  }

  private Mono<Void> attempt(
      ServerWebExchange exchange,
      GatewayFilterChain chain,
      Set<Replica> tried,
      @Nullable Throwable lastFailure) {
    Optional<Replica> choice = replicas.choose(RequestFacts.of(exchange).picture(), tried);
    if (choice.isEmpty()) {
      return Mono.error(lastFailure == null ? ErrorTranslator.unavailable() : lastFailure);
    }
    Replica replica = choice.get();
    tried.add(replica);
    Trip.start(exchange, replica.begin(GenerationCost.attached(exchange)));
    aim(exchange, replica.address());
    return chain
        .filter(exchange)
        .takeUntilOther(replica.loss())
        .then(Mono.defer(() -> judge(exchange, replica, tried)))
        .onErrorResume(
            failure ->
                mayTryAnother(exchange, tried, failure)
                    ? again(exchange, chain, tried, replica, failure)
                    : Mono.error(failure));
  }

  private static void aim(ServerWebExchange exchange, URI address) {
    URI url = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);
    URI aimed =
        UriComponentsBuilder.fromUri(url)
            .scheme(address.getScheme())
            .host(address.getHost())
            .port(address.getPort())
            .build(true)
            .toUri();
    exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, aimed);
  }

  /** Notes what the answer says of the replica; a refusal to serve at all is a failure. */
  private Mono<Void> judge(ServerWebExchange exchange, Replica replica, Set<Replica> tried) {
    HttpClientResponse response = exchange.getAttribute(CLIENT_RESPONSE_ATTR);
    if (response == null) {
      return Mono.empty();
    }
    LoadReport.read(response.responseHeaders().get(PlatformHeaders.OUTSTANDING_TOKENS), replica);
    boolean refused = response.status().code() == HttpStatus.SERVICE_UNAVAILABLE.value();
    return refused && canTryAnother(exchange, tried)
        ? Mono.error(ErrorTranslator.unavailable())
        : Mono.empty();
  }

  private boolean mayTryAnother(ServerWebExchange exchange, Set<Replica> tried, Throwable failure) {
    return (failure instanceof IOException || failure instanceof ApiException)
        && canTryAnother(exchange, tried);
  }

  private boolean canTryAnother(ServerWebExchange exchange, Set<Replica> tried) {
    return !exchange.getResponse().isCommitted()
        && tried.size() < properties.attempts()
        && replicas.choose(0, tried).isPresent();
  }

  private Mono<Void> again(
      ServerWebExchange exchange,
      GatewayFilterChain chain,
      Set<Replica> tried,
      Replica failed,
      Throwable failure) {
    if (ErrorTranslator.isConnectFailure(failure)) {
      // Until the next probe says otherwise nobody else needs to find that out.
      failed.state(Replica.State.SILENT);
    }
    meters.counter("omnimamba.gateway.retries").increment();
    log.warn(
        "request {}: replica {} failed ({}), trying another",
        exchange.<String>getAttribute(RequestId.ATTRIBUTE),
        failed,
        failure.toString());
    ServerWebExchangeUtils.reset(exchange);
    hangUp(exchange);
    return attempt(exchange, chain, tried, failure);
  }

  /** Nobody will read the answer of a replica that was given up, so its connection must go too. */
  private static void hangUp(ServerWebExchange exchange) {
    Object connection = exchange.getAttributes().remove(CLIENT_RESPONSE_CONN_ATTR);
    if (connection instanceof Connection open) {
      open.dispose();
    }
    exchange.getAttributes().remove(CLIENT_RESPONSE_ATTR);
  }

  @Override
  public int getOrder() {
    return RouteToRequestUrlFilter.ROUTE_TO_URL_FILTER_ORDER + 100;
  }
}
