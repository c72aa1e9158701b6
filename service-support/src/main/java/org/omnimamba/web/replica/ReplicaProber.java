package org.omnimamba.web.replica;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Asks each replica now and then whether it takes requests. */
final class ReplicaProber {
  private final Replicas replicas;
  private final ReplicaSettings settings;
  private final HttpClient client;
  private final Map<Replica, ReplicaProbe> probes = new ConcurrentHashMap<>();

  ReplicaProber(Replicas replicas, ReplicaSettings settings, HttpClient client) {
    this.replicas = replicas;
    this.settings = settings;
    this.client = client;
  }

  /** Probes until it is cancelled. */
  Mono<Void> probeForEver() {
    return Flux.interval(Duration.ZERO, settings.probeInterval())
        .onBackpressureDrop()
        .flatMap(tick -> probeAll(), Integer.MAX_VALUE)
        .then();
  }

  /** Each replica at its own pace: one that does not answer must not delay the others' probes. */
  private Flux<Void> probeAll() {
    probes.keySet().retainAll(replicas.all());
    return Flux.fromIterable(replicas.all())
        .flatMap(
            replica ->
                probes
                    .computeIfAbsent(replica, one -> new ReplicaProbe(one, settings, client))
                    .run(),
            Integer.MAX_VALUE);
  }
}
