package org.omnimamba.queue;

import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.log.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * Listens for hints on a connection of its own, and connects again for as long as it is not closed.
 *
 * <p>Give it a factory without a pool: the connection is held for the life of the program. Slow
 * subscribers lose hints rather than hold up the others.
 */
public final class QueueListener implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueueListener.class);
  private static final String LISTEN =
      "LISTEN " + Hints.READY + "; LISTEN " + Hints.CHANGED + "; LISTEN " + Hints.CANCEL;

  private static final int MOST_WAITING = 4096;

  /** How long a connection may be silent before it is asked whether it still lives. */
  private static final Duration PROBE = Duration.ofSeconds(15);

  private final ConnectionFactory connections;
  private final Scheduler scheduler;
  private final Sinks.Many<QueueSignal> signals = Sinks.many().multicast().directBestEffort();
  private final AtomicLong connects = new AtomicLong();
  private final Outage outage;
  private volatile boolean connected;
  private @Nullable Disposable running;

  /**
   * A listener that is not connected yet.
   *
   * @param connections gives PostgreSQL connections, not pooled
   */
  public QueueListener(ConnectionFactory connections) {
    this(connections, Schedulers.parallel());
  }

  /**
   * A listener that is not connected yet.
   *
   * @param connections gives PostgreSQL connections, not pooled
   * @param scheduler times the waits between connects and the looks at a silent connection
   */
  public QueueListener(ConnectionFactory connections, Scheduler scheduler) {
    this.connections = connections;
    this.scheduler = scheduler;
    this.outage = new Outage(log, "listening for the queue's hints", scheduler);
  }

  /** Connects, now and whenever the connection is lost. Calling it again does nothing. */
  public synchronized void start() {
    if (running == null) {
      running =
          Mono.usingWhen(connections.create(), this::listen, Connection::close)
              .then(Mono.<Void>error(new IllegalStateException("the server ended the connection")))
              .retryWhen(
                  Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(100))
                      .maxBackoff(Duration.ofSeconds(5))
                      .jitter(0.5)
                      .scheduler(scheduler)
                      .transientErrors(true)
                      .doBeforeRetry(
                          signal -> {
                            connected = false;
                            outage.failed(String.valueOf(signal.failure().getMessage()));
                          }))
              .subscribe();
    }
  }

  /**
   * The hints from now on. Never ends with an error: of a subscriber that is {@value #MOST_WAITING}
   * hints late, the oldest are lost.
   */
  public Flux<QueueSignal> signals() {
    return signals
        .asFlux()
        .onBackpressureBuffer(MOST_WAITING, lost -> {}, BufferOverflowStrategy.DROP_OLDEST);
  }

  /** Whether the connection stands at this moment. */
  public boolean isConnected() {
    return connected;
  }

  /** How often the connection had to be made again since the start. */
  public long reconnects() {
    return Math.max(0, connects.get() - 1);
  }

  /** Ends the connection and every subscriber's flux. */
  @Override
  public synchronized void close() {
    if (running != null) {
      running.dispose();
    }
    connected = false;
    signals.tryEmitComplete();
  }

  private Mono<Void> listen(Connection connection) {
    PostgresqlConnection postgres = unwrap(connection);
    Flux<Object> probes =
        Flux.interval(PROBE, scheduler)
            .onBackpressureDrop()
            .concatMap(tick -> postgres.createStatement("SELECT 1").execute(), 1)
            .concatMap(result -> result.map(row -> 1))
            .timeout(PROBE.multipliedBy(2), scheduler)
            .cast(Object.class);
    return postgres
        .createStatement(LISTEN)
        .execute()
        .concatMap(result -> result.getRowsUpdated())
        .then(
            Mono.fromRunnable(
                () -> {
                  connects.incrementAndGet();
                  connected = true;
                  outage.succeeded();
                  emit(new QueueSignal.Connected());
                }))
        .thenMany(
            Flux.merge(
                probes,
                postgres
                    .getNotifications()
                    .doOnNext(this::onNotification)
                    .cast(Object.class)
                    .concatWith(Mono.error(new IllegalStateException("the notifications ended")))))
        .then();
  }

  private void onNotification(Notification notification) {
    String payload = notification.getParameter();
    if (payload == null) {
      return;
    }
    switch (notification.getName()) {
      case Hints.READY -> emit(new QueueSignal.Ready(payload));
      case Hints.CHANGED -> ids(payload, QueueSignal.Changed::new);
      case Hints.CANCEL -> ids(payload, QueueSignal.CancelRequested::new);
      default -> log.debug("a hint on an unknown channel: {}", notification.getName());
    }
  }

  private void ids(String payload, java.util.function.Function<UUID, QueueSignal> signal) {
    for (String id : payload.split(",", -1)) {
      try {
        emit(signal.apply(UUID.fromString(id)));
      } catch (IllegalArgumentException e) {
        log.debug("a hint that names no job: {}", id);
      }
    }
  }

  private void emit(QueueSignal signal) {
    // one connection delivers one after the other, so an emission is never concurrent
    signals.tryEmitNext(signal);
  }

  private static PostgresqlConnection unwrap(Connection connection) {
    Object candidate = connection;
    while (!(candidate instanceof PostgresqlConnection) && candidate instanceof Wrapped<?> w) {
      candidate = w.unwrap();
    }
    if (candidate instanceof PostgresqlConnection postgres) {
      return postgres;
    }
    throw new IllegalStateException("not a PostgreSQL connection: " + connection);
  }
}
