package org.omnimamba.jobs.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerStats;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.shutdown.ShutdownProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/**
 * Starts a worker when everything else of the service is up and its tables are there, and begins
 * its end before anything else is stopped: it claims no more from then on, and its grace period
 * begins. Nothing waits for the running jobs here; {@link WorkerDrain} does, after the HTTP server
 * has closed.
 */
public final class WorkerLifecycle implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(WorkerLifecycle.class);

  private final String kind;
  private final JobWorker worker;
  private final Duration patience;
  private final DatabaseGate gate;
  private volatile @Nullable Mono<Void> drained;
  private volatile boolean running;

  /**
   * The life of one worker.
   *
   * @param kind which jobs it runs
   * @param grace the worker's own grace period
   * @param gate opens when there is something to claim from
   */
  public WorkerLifecycle(String kind, JobWorker worker, Duration grace, DatabaseGate gate) {
    this.kind = kind;
    this.worker = worker;
    this.patience = grace.plus(ShutdownProperties.CLOSING);
    this.gate = gate;
  }

  @Override
  public void start() {
    running = true;
    gate.whenOpen(
        () -> {
          if (running) {
            worker.start();
          }
        });
  }

  @Override
  public void stop() {
    running = false;
    Mono<Void> end =
        worker
            .drain()
            .timeout(patience)
            .onErrorResume(
                error -> {
                  log.warn(
                      "{}: {} jobs were not given back in time; they go on when their leases have"
                          + " run out",
                      kind,
                      worker.running());
                  return Mono.empty();
                })
            .cache();
    drained = end;
    end.subscribe();
  }

  /** Completes when the worker holds nothing any more or its time is over. */
  Mono<Void> whenDrained() {
    Mono<Void> end = drained;
    return end == null ? Mono.empty() : end;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** The last to start, the first to stop. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }

  /** Which jobs the worker runs. */
  String kind() {
    return kind;
  }

  /** What the worker has done so far. */
  WorkerStats stats() {
    return worker.stats();
  }

  /** How many jobs the worker holds. */
  int held() {
    return worker.running();
  }
}
