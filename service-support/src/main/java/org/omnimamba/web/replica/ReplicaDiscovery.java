package org.omnimamba.web.replica;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps the replicas of a {@code dns://} entry as DNS has them. An address that DNS no longer has
 * is that of a replica that is being stopped or not ready: it keeps its requests, and is forgotten
 * once it has none for a while.
 */
final class ReplicaDiscovery {
  private static final Logger log = LoggerFactory.getLogger(ReplicaDiscovery.class);

  /** How long a replica without a name and without requests is remembered. */
  private static final Duration REMEMBERED = Duration.ofSeconds(60);

  private final URI name;
  private final Replicas replicas;
  private final AddressLookup lookup;
  private final LongSupplier nanos;
  private final ReplicaMeters meters;
  private final Map<URI, Known> known = new HashMap<>();
  private boolean failing;

  ReplicaDiscovery(
      URI name, Replicas replicas, AddressLookup lookup, ReplicaMeters meters, LongSupplier nanos) {
    this.name = name;
    this.replicas = replicas;
    this.lookup = lookup;
    this.meters = meters;
    this.nanos = nanos;
  }

  private static final class Known {
    private final Replica replica;

    /** When it was last named or had requests. */
    private long lastUse;

    Known(Replica replica) {
      this.replica = replica;
    }
  }

  /** Asks until it is cancelled. */
  Mono<Void> discoverForEver(Duration interval) {
    return Flux.interval(interval).onBackpressureDrop().concatMap(tick -> discover(), 1).then();
  }

  /** Asks once. Never fails: without an answer everything stays as it is. */
  Mono<Void> discover() {
    return lookup
        .lookup(name.getHost())
        .doOnNext(this::apply)
        .doOnError(this::failed)
        .onErrorComplete()
        .then();
  }

  private synchronized void apply(List<InetAddress> addresses) {
    if (failing) {
      failing = false;
      log.info("DNS answers for {} again", name.getHost());
    }
    Set<URI> named = new LinkedHashSet<>();
    addresses.forEach(ip -> named.add(ReplicaAddress.of(name, ip)));
    long now = nanos.getAsLong();
    for (URI address : named) {
      known.computeIfAbsent(address, this::join);
    }
    known
        .values()
        .removeIf(
            one -> {
              boolean stays = isNamed(one.replica, named.contains(one.replica.address()));
              if (stays || one.replica.requests() > 0) {
                one.lastUse = now;
              }
              return now - one.lastUse > REMEMBERED.toNanos() && forget(one.replica);
            });
  }

  private Known join(URI address) {
    log.info("replica {} of {} was found", address, name.getHost());
    Replica replica = new Replica(address);
    meters.watch(replica);
    replicas.add(replica);
    return new Known(replica);
  }

  private static boolean isNamed(Replica replica, boolean named) {
    if (replica.isNamed() != named) {
      log.info("replica {} {} DNS", replica, named ? "is again in" : "is no longer in");
      replica.named(named);
    }
    return named;
  }

  private boolean forget(Replica replica) {
    log.info("replica {} is forgotten", replica);
    replicas.remove(replica);
    meters.forget(replica);
    return true;
  }

  private synchronized void failed(Throwable failure) {
    if (!failing) {
      failing = true;
      log.warn(
          "DNS does not answer for {}; the replicas found before are kept: {}",
          name.getHost(),
          failure.toString());
    }
  }
}
