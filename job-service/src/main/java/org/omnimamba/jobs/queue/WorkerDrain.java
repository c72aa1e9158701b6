package org.omnimamba.jobs.queue;

import java.util.List;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/**
 * Waits for what the workers still hold, after the HTTP server has closed and before the database's
 * connections go. The workers' grace period runs from the beginning of the stop, so that it passes
 * while requests end.
 */
@Component
class WorkerDrain implements SmartLifecycle {
  /** Lower phases stop later. */
  static final int PHASE = WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE - 1024;

  private final List<WorkerLifecycle> workers;
  private volatile boolean running;

  WorkerDrain(List<WorkerLifecycle> workers) {
    this.workers = workers;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public void stop(Runnable callback) {
    Flux.fromIterable(workers)
        .flatMap(WorkerLifecycle::whenDrained)
        .doFinally(
            signal -> {
              running = false;
              callback.run();
            })
        .subscribe();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
