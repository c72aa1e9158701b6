package org.omnimamba.web.replica;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.http.InformationalResponses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

/**
 * The replicas of one service, found and watched while this process runs: from before its server
 * takes requests until after the last one has ended.
 */
public final class ReplicaPool implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ReplicaPool.class);

  /** Below the web server's phases, so started before it and stopped after it. */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

  /** How long the start waits for the first answer of DNS. */
  private static final Duration FIRST_LOOKUP = Duration.ofSeconds(5);

  private final Replicas replicas;
  private final ReplicaProber prober;
  private final List<ReplicaDiscovery> names;
  private final ReplicaSettings settings;
  private volatile Disposable.@Nullable Composite running;

  /**
   * A pool that is not started yet.
   *
   * @param addresses valid ones, see {@link ReplicaAddress#isValid}
   * @param lookup answers for {@code dns://} addresses
   * @param probes sends probes, with the internal token; makes a new connection for each
   * @param meterPrefix begins the names of the gauges {@code .load} and {@code .ready}
   */
  public ReplicaPool(
      Collection<URI> addresses,
      ReplicaSettings settings,
      AddressLookup lookup,
      HttpClient probes,
      MeterRegistry registry,
      String meterPrefix) {
    ReplicaMeters meters = new ReplicaMeters(registry, meterPrefix);
    List<Replica> fixed =
        addresses.stream()
            .filter(address -> !ReplicaAddress.isName(address))
            .distinct()
            .map(Replica::new)
            .toList();
    fixed.forEach(meters::watch);
    this.settings = settings;
    this.replicas = new Replicas(fixed, settings.affinitySlack(), System::nanoTime);
    this.prober = new ReplicaProber(replicas, settings, InformationalResponses.skippedBy(probes));
    this.names =
        addresses.stream()
            .filter(ReplicaAddress::isName)
            .distinct()
            .map(name -> new ReplicaDiscovery(name, replicas, lookup, meters, System::nanoTime))
            .toList();
  }

  /** Who is there, and the choice between them. */
  public Replicas replicas() {
    return replicas;
  }

  @Override
  public void start() {
    Disposable.Composite started = Disposables.composite();
    running = started;
    if (!names.isEmpty()) {
      Flux.fromIterable(names)
          .flatMap(ReplicaDiscovery::discover)
          .then()
          .timeout(FIRST_LOOKUP)
          .onErrorComplete()
          .block();
      if (replicas.all().isEmpty()) {
        log.warn(
            "no replica was found yet; DNS is asked again every {}", settings.lookupInterval());
      }
    }
    names.forEach(name -> started.add(name.discoverForEver(settings.lookupInterval()).subscribe()));
    started.add(prober.probeForEver().subscribe());
  }

  @Override
  public void stop() {
    Disposable.Composite started = running;
    if (started != null) {
      started.dispose();
      running = null;
    }
  }

  @Override
  public boolean isRunning() {
    return running != null;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
