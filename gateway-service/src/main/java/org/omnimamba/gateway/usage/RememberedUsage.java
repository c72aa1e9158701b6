package org.omnimamba.gateway.usage;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.network.WatchfulLoops;
import org.omnimamba.web.replica.Replica;
import org.omnimamba.web.replica.ReplicaPool;
import org.omnimamba.web.usage.Usage;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks inference-service what was made for a request whose answer did not say. A request that was
 * given up may still end there; it answers when that is so.
 */
final class RememberedUsage implements DisposableBean {
  /** Longer than that of inference-service, which waits for the request to end. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int MOST_CONNECTIONS = 64;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ReplicaPool replicas;
  private final ConnectionProvider connections;
  private final HttpClient http;

  RememberedUsage(ReplicaPool replicas, ReactorResourceFactory resources, String internalToken) {
    this.replicas = replicas;
    this.connections =
        ConnectionProvider.builder("gateway-usage")
            .maxConnections(MOST_CONNECTIONS)
            .maxIdleTime(Duration.ofSeconds(10))
            .build();
    this.http =
        HttpClient.create(connections)
            .runOn(new WatchfulLoops(resources.getLoopResources()))
            .responseTimeout(PATIENCE)
            .headers(headers -> headers.set(PlatformHeaders.INTERNAL_TOKEN, internalToken));
  }

  /** What was made under a ticket; empty where nobody knows. */
  Mono<Usage> of(ServerWebExchange exchange, String ticket) {
    return Flux.fromIterable(asked(exchange))
        .flatMap(replica -> ask(replica, ticket))
        .next()
        .timeout(PATIENCE, Mono.empty());
  }

  /** The replica that had the request; all of them where job-service had it and chose one. */
  private List<URI> asked(ServerWebExchange exchange) {
    List<URI> all = replicas.replicas().all().stream().map(Replica::address).toList();
    @Nullable URI sentTo = exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR);
    List<URI> one =
        sentTo == null
            ? List.of()
            : all.stream()
                .filter(address -> sentTo.getAuthority().equals(address.getAuthority()))
                .toList();
    return one.isEmpty() ? all : one;
  }

  private Mono<Usage> ask(URI replica, String ticket) {
    return http.get()
        .uri(replica.resolve(UsageOrigin.REMEMBERED + ticket))
        .responseSingle(
            (response, body) ->
                response.status().code() == 200
                    ? body.asByteArray().map(bytes -> JSON.readValue(bytes, Usage.class))
                    : Mono.empty())
        .onErrorComplete();
  }

  @Override
  public void destroy() {
    connections.dispose();
  }
}
