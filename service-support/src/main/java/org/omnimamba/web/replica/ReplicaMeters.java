package org.omnimamba.web.replica;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Publishes the load of each replica, and whether it is ready, under a common prefix. */
final class ReplicaMeters {
  private final MeterRegistry registry;
  private final String prefix;
  private final Map<Replica, List<Gauge>> gauges = new ConcurrentHashMap<>();

  ReplicaMeters(MeterRegistry registry, String prefix) {
    this.registry = registry;
    this.prefix = prefix;
  }

  void watch(Replica replica) {
    gauges.put(
        replica,
        List.of(
            Gauge.builder(prefix + ".load", replica, one -> one.load(System.nanoTime()))
                .tag("replica", replica.toString())
                .register(registry),
            Gauge.builder(prefix + ".ready", replica, one -> one.rank() == 0 ? 1 : 0)
                .tag("replica", replica.toString())
                .register(registry)));
  }

  void forget(Replica replica) {
    List<Gauge> published = gauges.remove(replica);
    if (published != null) {
      published.forEach(registry::remove);
    }
  }
}
