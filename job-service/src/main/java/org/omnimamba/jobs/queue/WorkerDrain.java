package org.omnimamba.jobs.queue;

import org.springframework.beans.factory.ObjectProvider;
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

  private final ObjectProvider<WorkerLifecycle> workers;
  private volatile boolean running;

  /**
   * @param workers a provider, since Spring stops a bean after those that it was given to, in
   *     whatever phase: with the workers themselves this would end before they had begun to stop
   */
  WorkerDrain(ObjectProvider<WorkerLifecycle> workers) {
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
    Flux.fromStream(workers.orderedStream())
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
