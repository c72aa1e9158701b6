package org.omnimamba.gateway.routing;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.body.RequestFacts;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.errors.ErrorTranslator;
import org.omnimamba.gateway.limits.GenerationCost;
import org.omnimamba.gateway.server.ShutdownSignal;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.logging.RepeatedWarning;
import org.omnimamba.web.replica.ConnectFailures;
import org.omnimamba.web.replica.LoadReport;
import org.omnimamba.web.replica.Replica;
import org.omnimamba.web.replica.ReplicaLostException;
import org.omnimamba.web.request.RequestId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Sends a request to a replica, and to another one if that one fails before the first byte of its
 * answer. Inference changes nothing anywhere, so that sending it twice is safe, and so is reading
 * jobs. What changes jobs is sent again only if no byte of it was sent before: to another address,
 * or after a short wait to the same one.
 */
@Component
final class ReplicaFilter implements GlobalFilter, Ordered {
  private static final Logger log = LoggerFactory.getLogger(ReplicaFilter.class);

  private static final Set<HttpMethod> REPEATABLE = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  /** The wait before addresses that could not be reached are tried again, times the attempt. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Upstreams upstreams;
  private final RoutingProperties properties;
  private final MeterRegistry meters;
  private final ShutdownSignal shutdown;
  private final RepeatedWarning repeated = new RepeatedWarning(log);

  ReplicaFilter(
      Upstreams upstreams,
      RoutingProperties properties,
      MeterRegistry meters,
      ShutdownSignal shutdown) {
    this.shutdown = shutdown;
    this.upstreams = upstreams;
    this.properties = properties;
    this.meters = meters;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
    Attempts attempts =
        new Attempts(
            upstreams.of(route.getId()).replicas(),
            RequestFacts.of(exchange).picture(),
            properties.attempts());
    Duration patience = Patience.with(exchange.getRequest(), route.getId(), properties);
    boolean repeatable =
        route.getId().equals(RouteConfiguration.INFERENCE)
            || REPEATABLE.contains(exchange.getRequest().getMethod());
    return new Delivery(exchange, chain, attempts, patience, repeatable).attempt(null);
  }

  /** One request on its way. */
  private final class Delivery {
    private final ServerWebExchange exchange;
    private final GatewayFilterChain chain;
    private final Attempts attempts;
    private final Duration patience;
    private final boolean repeatable;

    /**
     * Nothing was sent so far.
     *
     * @param patience how long the head of an answer may take
     * @param repeatable whether it does no harm to send the request twice
     */
    Delivery(
        ServerWebExchange exchange,
        GatewayFilterChain chain,
        Attempts attempts,
        Duration patience,
        boolean repeatable) {
      this.exchange = exchange;
      this.chain = chain;
      this.attempts = attempts;
      this.patience = patience;
      this.repeatable = repeatable;
    }

    Mono<Void> attempt(@Nullable Throwable lastFailure) {
      Optional<Replica> choice = attempts.next();
      if (choice.isEmpty()) {
        return Mono.error(lastFailure == null ? ErrorTranslator.unavailable() : lastFailure);
      }
      Replica replica = choice.get();
      Trip.start(exchange, replica.begin(GenerationCost.attached(exchange)));
      aim(exchange, replica.address());
      return chain
          .filter(exchange)
          .takeUntilOther(replica.loss())
          .takeUntilOther(shutdown.cutOff())
          .timeout(patience)
          .then(Mono.defer(() -> judge(replica)))
          .onErrorResume(failure -> failed(replica, failure));
    }

    /** Notes what the answer says of the replica; a refusal to serve at all is a failure. */
    private Mono<Void> judge(Replica replica) {
      HttpClientResponse response = exchange.getAttribute(CLIENT_RESPONSE_ATTR);
      if (response == null) {
        return Mono.empty();
      }
      replica.heard();
      LoadReport.read(response.responseHeaders().get(PlatformHeaders.OUTSTANDING_TOKENS), replica);
      boolean refused = response.status().code() == HttpStatus.SERVICE_UNAVAILABLE.value();
      return refused && repeatable && !isCommitted() && attempts.isAnotherAnswering()
          ? Mono.error(ErrorTranslator.unavailable())
          : Mono.empty();
    }

    private Mono<Void> failed(Replica replica, Throwable failure) {
      boolean neverSent = ConnectFailures.neverSent(failure);
      if (neverSent) {
        // Until the next probe says otherwise nobody else needs to find that out.
        replica.refusedConnection();
      }
      boolean safe = neverSent || (repeatable && isOfTheReplica(failure));
      if (!safe || isCommitted() || !attempts.mayGoOn()) {
        return Mono.error(failure);
      }
      if (attempts.isAnotherLeft()) {
        return again(replica, failure);
      }
      if (!neverSent) {
        return Mono.error(failure);
      }
      attempts.startOver();
      return Mono.delay(PAUSE.multipliedBy(attempts.made()))
          .then(Mono.defer(() -> again(replica, failure)));
    }

    private Mono<Void> again(Replica failed, Throwable failure) {
      meters.counter("omnimamba.gateway.retries").increment();
      repeated.warn(
          "retry",
          "request %s: replica %s failed (%s), trying again"
              .formatted(RequestId.of(exchange), failed, failure));
      ServerWebExchangeUtils.reset(exchange);
      hangUp(exchange);
      return attempt(failure);
    }

    private boolean isCommitted() {
      return exchange.getResponse().isCommitted();
    }
  }

  /** Whether another replica may well answer. */
  private static boolean isOfTheReplica(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof ApiException
        || failure instanceof ReplicaLostException;
  }

  private static void aim(ServerWebExchange exchange, URI address) {
    // as the client spelled it: a query may hold brackets, for which the routes' own address is
    // encoded once more
    URI asked = exchange.getRequest().getURI();
    String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
    exchange
        .getAttributes()
        .put(GATEWAY_REQUEST_URL_ATTR, address.resolve(asked.getRawPath() + query));
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
    return FilterOrder.REPLICA.order();
  }
}
