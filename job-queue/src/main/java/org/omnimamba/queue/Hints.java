package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Sends hints over NOTIFY after the change they speak of has committed.
 *
 * <p>Not in the same transaction: a transaction with a NOTIFY holds a lock of the whole database
 * while it commits, so all commits of the queue would wait for one another. One statement is under
 * way at a time, and a short pause comes before each: hints that are added meanwhile are collected,
 * each once. A job that is submitted, claimed and completed within the pause is one hint.
 */
final class Hints {
  static final String READY = "queue_ready";
  static final String CHANGED = "queue_changed";
  static final String CANCEL = "queue_cancel";

  /** A payload is less than 8,000 bytes; 200 ids of 36 characters and their commas fit. */
  private static final int IDS_PER_PAYLOAD = 200;

  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * A hint may be lost, so its commit need not reach the disk; if it had to, the commits of claims
   * at the same moment would wait for it.
   */
  private static final String NOTIFY =
      "SELECT count(pg_notify(h.channel, h.payload))"
          + " FROM unnest($1::text[], $2::text[]) AS h (channel, payload)"
          + " CROSS JOIN (SELECT set_config('synchronous_commit', 'off', true) AS setting OFFSET 0)"
          + " relaxed WHERE relaxed.setting = 'off'";

  private static final Logger log = LoggerFactory.getLogger(Hints.class);

  private final Db db;
  private final Scheduler scheduler;
  private final Object lock = new Object();
  private final Set<String> ready = new LinkedHashSet<>();
  private final Set<UUID> changed = new LinkedHashSet<>();
  private final Set<UUID> cancel = new LinkedHashSet<>();
  private final List<Consumer<QueueSignal>> neighbours = new CopyOnWriteArrayList<>();
  private boolean sending;

  /**
   * Nothing to send yet.
   *
   * @param scheduler times the pauses
   */
  Hints(Db db, Scheduler scheduler) {
    this.db = db;
    this.scheduler = scheduler;
  }

  /** The hints of this process from now on. */
  Flux<QueueSignal> signals() {
    return Flux.create(
        sink -> {
          Consumer<QueueSignal> neighbour = sink::next;
          neighbours.add(neighbour);
          sink.onDispose(() -> neighbours.remove(neighbour));
        });
  }

  void cancel(UUID id) {
    add(cancel, id);
    tell(new QueueSignal.CancelRequested(id));
  }

  /** The row changed; if the job is queued now, its kind is ready too. */
  void changed(Job job) {
    boolean isReady = job.status() == JobStatus.QUEUED;
    if (isReady) {
      // first, since this process may claim it while the others are being told
      tell(new QueueSignal.Ready(job.kind()));
      synchronized (lock) {
        ready.add(job.kind());
      }
    }
    add(changed, job.id());
  }

  private void tell(QueueSignal signal) {
    neighbours.forEach(neighbour -> neighbour.accept(signal));
  }

  /** The hint of a job submitted in the caller's transaction: sent by its commit. */
  static Mono<Void> readyOnCommit(Connection connection, String kind) {
    return Statements.query(
            connection,
            row -> Boolean.TRUE,
            "SELECT 1 FROM (SELECT pg_notify($1, $2)) AS hint",
            READY,
            kind)
        .then();
  }

  private <T> void add(Set<T> set, T value) {
    synchronized (lock) {
      set.add(value);
      if (sending) {
        return;
      }
      sending = true;
    }
    sendSoon();
  }

  /** At once only when work is ready for other processes and none here has been told of it. */
  private void sendSoon() {
    boolean urgent;
    synchronized (lock) {
      urgent = (!ready.isEmpty() && neighbours.isEmpty()) || !cancel.isEmpty();
    }
    scheduler.schedule(this::send, urgent ? 0 : PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void send() {
    List<String> channels = new ArrayList<>();
    List<String> payloads = new ArrayList<>();
    synchronized (lock) {
      for (String kind : ready) {
        channels.add(READY);
        payloads.add(kind);
      }
      collect(changed, CHANGED, channels, payloads);
      collect(cancel, CANCEL, channels, payloads);
      ready.clear();
      changed.clear();
      cancel.clear();
      if (channels.isEmpty()) {
        sending = false;
        return;
      }
    }
    db.query(
            row -> Boolean.TRUE,
            NOTIFY,
            channels.toArray(String[]::new),
            payloads.toArray(String[]::new))
        .then()
        .timeout(PATIENCE, scheduler)
        .onErrorResume(
            error -> {
              log.debug(
                  "{} hints were not sent; polling will find the work", channels.size(), error);
              return Mono.empty();
            })
        .subscribe(null, null, this::sendSoon);
  }

  private static void collect(
      Set<UUID> ids, String channel, List<String> channels, List<String> payloads) {
    StringBuilder payload = new StringBuilder();
    int count = 0;
    for (UUID id : ids) {
      payload.append(count == 0 ? "" : ",").append(id);
      if (++count == IDS_PER_PAYLOAD) {
        channels.add(channel);
        payloads.add(payload.toString());
        payload.setLength(0);
        count = 0;
      }
    }
    if (count > 0) {
      channels.add(channel);
      payloads.add(payload.toString());
    }
  }
}
