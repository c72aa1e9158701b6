package org.omnimamba.gateway.routing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.internal.PlatformHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/** Asks each replica now and then whether it takes requests. */
final class ReplicaProber implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ReplicaProber.class);
  private static final int NOT_FOUND = 404;

  private final Replicas replicas;
  private final RoutingProperties properties;
  private final HttpClient client;
  private volatile Disposable.@Nullable Composite probing;

  /**
   * @param client sends the internal token with each request
   */
  ReplicaProber(Replicas replicas, RoutingProperties properties, HttpClient client) {
    this.replicas = replicas;
    this.properties = properties;
    this.client = client;
  }

  @Override
  public void start() {
    Disposable.Composite started = Disposables.composite();
    for (Replica replica : replicas.all()) {
      started.add(probeForEver(replica).subscribe());
    }
    probing = started;
  }

  /** Called before the event loops end, on which the probes run. */
  @Override
  public void stop() {
    Disposable.Composite started = probing;
    if (started != null) {
      started.dispose();
      probing = null;
    }
  }

  @Override
  public boolean isRunning() {
    return probing != null;
  }

  private Flux<Void> probeForEver(Replica replica) {
    AtomicInteger silent = new AtomicInteger();
    return Flux.interval(Duration.ZERO, properties.probeInterval())
        .onBackpressureDrop()
        .concatMap(tick -> probe(replica, silent), 1);
  }

  private Mono<Void> probe(Replica replica, AtomicInteger silent) {
    return client
        .get()
        .uri(replica.address().resolve(properties.probePath()))
        .responseSingle((response, body) -> body.asString().defaultIfEmpty("").thenReturn(response))
        .timeout(properties.probeTimeout())
        .doOnNext(
            response -> {
              silent.set(0);
              answered(replica, response);
            })
        .then()
        .onErrorResume(
            failure -> {
              unanswered(replica, silent.incrementAndGet(), failure);
              return Mono.empty();
            });
  }

  private static void answered(Replica replica, HttpClientResponse response) {
    LoadReport.read(response.responseHeaders().get(PlatformHeaders.OUTSTANDING_TOKENS), replica);
    int status = response.status().code();
    Replica.State state =
        status < 300 || status == NOT_FOUND ? Replica.State.READY : Replica.State.REFUSING;
    if (state != replica.state()) {
      log.info("replica {} is {} ({})", replica, state, status);
    }
    replica.state(state);
  }

  private void unanswered(Replica replica, int times, Throwable failure) {
    if (replica.state() != Replica.State.SILENT) {
      log.warn("replica {} does not answer: {}", replica, failure.toString());
    }
    replica.state(Replica.State.SILENT);
    if (times == properties.lostAfter()) {
      log.warn("replica {} is lost; its requests are ended", replica);
      replica.lost();
    }
  }
}
