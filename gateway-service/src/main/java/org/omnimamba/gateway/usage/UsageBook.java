package org.omnimamba.gateway.usage;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.web.logging.Outage;
import org.omnimamba.web.usage.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sums up what is used and writes it down every moment, never on a request's path.
 *
 * <p>What is written at one time is a numbered page. A page whose writing failed is written again
 * under its number until that succeeds, so it counts once whether or not the database had it
 * already.
 */
final class UsageBook implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(UsageBook.class);

  /** How long a stop waits for what is still to be found out. */
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  /** After this a page is written again; its number lets it count once. */
  private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(10);

  /** How long it waits for the last pages to be written. */
  private static final Duration LAST_WRITE = Duration.ofSeconds(5);

  private final UsageStore store;
  private final Clock clock;
  private final Duration every;
  private final Outage outage = new Outage(log, "writing what was used");
  private final Disposable.Swap writing = Disposables.swap();
  private final Set<Unknown> unknown = ConcurrentHashMap.newKeySet();
  private Map<UsageLine, Usage> open = new HashMap<>();
  private @Nullable Page unwritten;
  private long pages;

  /**
   * A request whose use is being asked for; the first to end it counts it.
   *
   * @param seen what counts if nothing more is found out
   */
  private record Unknown(Caller caller, Mono<Usage> found, Supplier<Usage> seen) {}

  /** Sums that are written together. */
  private record Page(long number, Map<UsageLine, Usage> lines) {}

  UsageBook(UsageStore store, Clock clock, Duration every) {
    this.store = store;
    this.clock = clock;
    this.every = every;
  }

  /** Begins to write; what was counted before is kept until then. */
  void start() {
    writing.update(
        store
            .forgetOldWriters()
            .onErrorComplete()
            .thenMany(Flux.interval(every).onBackpressureDrop().concatMap(tick -> write()))
            .subscribe());
  }

  /** Counts what a caller used, today. */
  void add(Caller caller, Usage usage) {
    if (usage.isNothing()) {
      return;
    }
    UsageLine line = new UsageLine(today(), caller.tenant(), caller.keyId());
    synchronized (this) {
      open.merge(line, usage, Usage::plus);
    }
  }

  /**
   * Counts what is still to be found out.
   *
   * @param seen what counts if nothing is found out, or not before this gateway stops
   */
  void addLater(Caller caller, Mono<Usage> usage, Supplier<Usage> seen) {
    Unknown request = new Unknown(caller, usage.cache(), seen);
    unknown.add(request);
    request
        .found()
        .onErrorResume(
            failure -> {
              log.warn("what a request used could not be asked for", failure);
              return Mono.empty();
            })
        .switchIfEmpty(Mono.fromSupplier(seen))
        .subscribe(known -> count(request, known));
  }

  private void count(Unknown request, Usage usage) {
    if (unknown.remove(request)) {
      add(request.caller(), usage);
    }
  }

  /** The day in UTC. */
  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /** Writes what was counted so far; a failure is logged and mended by a later time. */
  Mono<Void> write() {
    return Mono.defer(
        () -> {
          Page page = nextPage();
          return page == null ? Mono.empty() : write(page);
        });
  }

  /** Writes all that was counted so far: a page that failed or is on its way, then the rest. */
  Mono<Void> writeAll() {
    return write().then(write());
  }

  private Mono<Void> write(Page page) {
    return store
        .add(page.number(), page.lines())
        .timeout(WRITTEN_WITHIN)
        .doOnSuccess(
            done -> {
              written(page);
              outage.succeeded();
            })
        .doOnError(failure -> outage.failed(failure.toString()))
        .onErrorComplete();
  }

  private synchronized @Nullable Page nextPage() {
    if (unwritten == null && !open.isEmpty()) {
      unwritten = new Page(++pages, open);
      open = new HashMap<>();
    }
    return unwritten;
  }

  private synchronized void written(Page page) {
    if (unwritten == page) {
      unwritten = null;
    }
  }

  @Override
  public void destroy() {
    writing.dispose();
    Flux.fromIterable(unknown)
        .flatMap(request -> request.found().onErrorComplete())
        .then()
        .timeout(LAST_ANSWERS, Mono.empty())
        .block();
    unknown.forEach(request -> count(request, request.seen().get()));
    writeAll().timeout(LAST_WRITE, Mono.empty()).block();
    long lost = unwrittenRequests();
    if (lost > 0) {
      log.warn("what {} requests used could not be written and is lost", lost);
    }
  }

  /** Requests that were counted and are not written. */
  synchronized long unwrittenRequests() {
    long lost = open.values().stream().mapToLong(Usage::requests).sum();
    return unwritten == null
        ? lost
        : lost + unwritten.lines().values().stream().mapToLong(Usage::requests).sum();
  }
}
