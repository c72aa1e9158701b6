package org.omnimamba.jobs.queue;

import java.time.Duration;
import org.omnimamba.queue.JobWorker;
import org.omnimamba.queue.WorkerStats;
import org.omnimamba.web.database.DatabaseGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts a worker when the service is up and its tables are there, and drains it before the
 * database's connections go: it stops claiming, running jobs may end within the grace period, the
 * rest is given back.
 */
public final class WorkerLifecycle implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(WorkerLifecycle.class);

  private final String kind;
  private final JobWorker worker;
  private final Duration patience;
  private final DatabaseGate gate;
  private volatile boolean running;

  /**
   * The life of one worker.
   *
   * @param kind which jobs it runs
   * @param patience how long a drain may take in all
   * @param gate opens when there is something to claim from
   */
  public WorkerLifecycle(String kind, JobWorker worker, Duration patience, DatabaseGate gate) {
    this.kind = kind;
    this.worker = worker;
    this.patience = patience;
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
    worker.drain().block(patience);
    running = false;
  }

  @Override
  public void stop(Runnable callback) {
    worker
        .drain()
        .timeout(patience)
        .doFinally(
            signal -> {
              running = false;
              callback.run();
            })
        .subscribe(null, error -> log.warn("the worker did not drain in time", error));
  }

  @Override
  public boolean isRunning() {
    return running;
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
