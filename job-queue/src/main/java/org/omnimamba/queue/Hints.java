package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Sends hints over NOTIFY after the change they speak of has committed.
 *
 * <p>Not in the same transaction: a transaction with a NOTIFY holds a lock of the whole database
 * while it commits, which would put all commits of the queue in one line. One statement is under
 * way at a time; what comes up meanwhile is collected, without repetitions, for the next.
 */
final class Hints {
  static final String READY = "queue_ready";
  static final String CHANGED = "queue_changed";
  static final String CANCEL = "queue_cancel";

  /** A payload is less than 8,000 bytes; 200 ids of 36 characters and their commas fit. */
  private static final int IDS_PER_PAYLOAD = 200;

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String NOTIFY =
      "SELECT count(pg_notify(h.channel, h.payload))"
          + " FROM unnest($1::text[], $2::text[]) AS h (channel, payload)";

  private static final Logger log = LoggerFactory.getLogger(Hints.class);

  private final Db db;
  private final Object lock = new Object();
  private final Set<String> ready = new LinkedHashSet<>();
  private final Set<UUID> changed = new LinkedHashSet<>();
  private final Set<UUID> cancel = new LinkedHashSet<>();
  private final List<Consumer<QueueSignal>> neighbours = new CopyOnWriteArrayList<>();
  private boolean sending;

  Hints(Db db) {
    this.db = db;
  }

  /** Tells of hints of this process until it is disposed of. */
  Disposable listen(Consumer<QueueSignal> neighbour) {
    neighbours.add(neighbour);
    return () -> neighbours.remove(neighbour);
  }

  void cancel(UUID id) {
    add(cancel, id);
    tell(new QueueSignal.CancelRequested(id));
  }

  /** The row changed; when that put the job in line, its kind is ready too. */
  void changed(Job job) {
    if (job.status() == JobStatus.QUEUED) {
      synchronized (lock) {
        ready.add(job.kind());
      }
    }
    add(changed, job.id());
    if (job.status() == JobStatus.QUEUED) {
      tell(new QueueSignal.Ready(job.kind()));
    }
  }

  private void tell(QueueSignal signal) {
    neighbours.forEach(neighbour -> neighbour.accept(signal));
  }

  /** The hint of a job submitted in somebody's transaction: sent by its commit. */
  static Mono<Void> readyOnCommit(Connection connection, String kind) {
    return Db.query(
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
    send();
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
        .onErrorResume(
            error -> {
              log.debug(
                  "{} hints were not sent; polling will find the work", channels.size(), error);
              return Mono.empty();
            })
        .subscribe(null, null, this::send);
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
