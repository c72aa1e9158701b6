package org.omnimamba.gateway.usage;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;

import io.netty.channel.ChannelOption;
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

  /** An address at which nobody answers delays what the others know by no more than this. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

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
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_TIMEOUT.toMillis())
            .headers(headers -> headers.set(PlatformHeaders.INTERNAL_TOKEN, internalToken));
  }

  /**
   * What was made under a ticket; empty where nobody knows of anything.
   *
   * <p>Where several replicas may have had the request, all of them are heard. One that refused it
   * knows the ticket too, was the first to be done with it, and has made nothing: it must not speak
   * for the one that took the request after it. What several have made is added up.
   */
  Mono<Usage> of(ServerWebExchange exchange, String ticket) {
    return Flux.fromIterable(asked(exchange))
        .flatMap(replica -> ask(replica, ticket))
        .filter(made -> !made.isNothing())
        .reduce(Usage::plus)
        .map(RememberedUsage::asOneRequest);
  }

  private static Usage asOneRequest(Usage made) {
    return new Usage(
        1, made.pictures(), made.inputTokens(), made.cachedTokens(), made.outputTokens());
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
        // each on its own: one that says nothing must not cost what the others know
        .timeout(PATIENCE, Mono.empty())
        .onErrorComplete();
  }

  @Override
  public void destroy() {
    connections.dispose();
  }
}
