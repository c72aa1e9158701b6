package org.omnimamba.gateway.keys;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.omnimamba.web.logging.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Collects when keys were used and writes that down now and then, never on a request's path. */
final class KeyUses implements InitializingBean, DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(KeyUses.class);
  private static final Duration LAST_WRITE = Duration.ofSeconds(2);

  private final KeyStore store;
  private final Clock clock;
  private final Duration every;
  private final ConcurrentMap<String, Instant> unwritten = new ConcurrentHashMap<>();
  private final Outage outage = new Outage(log, "writing when keys were used");
  private final Disposable.Swap writing = Disposables.swap();

  KeyUses(KeyStore store, Clock clock, Duration every) {
    this.store = store;
    this.clock = clock;
    this.every = every;
  }

  void used(String prefix) {
    unwritten.put(prefix, clock.instant());
  }

  @Override
  public void afterPropertiesSet() {
    writing.update(
        Flux.interval(every).onBackpressureDrop().concatMap(tick -> write()).subscribe());
  }

  private Mono<Void> write() {
    Map<String, Instant> uses = new HashMap<>(unwritten);
    if (uses.isEmpty()) {
      return Mono.empty();
    }
    return store
        .touch(uses)
        .doOnSuccess(
            done -> {
              uses.forEach(unwritten::remove);
              outage.succeeded();
            })
        .doOnError(failure -> outage.failed(failure.toString()))
        .onErrorComplete();
  }

  @Override
  public void destroy() {
    writing.dispose();
    write().timeout(LAST_WRITE, Mono.empty()).block();
  }
}
