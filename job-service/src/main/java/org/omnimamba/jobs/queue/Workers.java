package org.omnimamba.jobs.queue;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.RetryPolicy;
import org.omnimamba.queue.worker.WorkerOptions;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.shutdown.ShutdownProperties;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/** Makes the workers of this process, all with the service's settings. */
@Component
@ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
public final class Workers {
  private final JobQueue queue;
  private final QueueListener listener;
  private final JobsProperties properties;
  private final ShutdownProperties shutdown;
  private final DatabaseGate gate;

  Workers(
      JobQueue queue,
      QueueListener listener,
      JobsProperties properties,
      ShutdownProperties shutdown,
      DatabaseGate gate) {
    this.queue = queue;
    this.listener = listener;
    this.properties = properties;
    this.shutdown = shutdown;
    this.gate = gate;
  }

  /**
   * A worker whose running jobs may end within the service's grace period.
   *
   * @param kind which jobs it runs
   * @param concurrency how many at once
   */
  public WorkerLifecycle of(String kind, JobHandler handler, int concurrency) {
    return of(kind, handler, concurrency, shutdown.grace());
  }

  /**
   * A worker with a grace period of its own.
   *
   * @param grace how long running jobs may go on after a stop has begun
   */
  public WorkerLifecycle of(String kind, JobHandler handler, int concurrency, Duration grace) {
    return of(kind, handler, options(concurrency, grace));
  }

  /**
   * A worker with a grace period and waits of its own.
   *
   * @param grace how long running jobs may go on after a stop has begun
   * @param retry the wait after a failed attempt
   */
  public WorkerLifecycle of(
      String kind, JobHandler handler, int concurrency, Duration grace, RetryPolicy retry) {
    return of(kind, handler, options(concurrency, grace).withRetry(retry));
  }

  private WorkerOptions options(int concurrency, Duration grace) {
    return WorkerOptions.of(ManagementFactory.getRuntimeMXBean().getName(), concurrency)
        .withMargin(properties.queue().lease().dividedBy(10))
        .withGrace(grace)
        .withPollInterval(properties.worker().pollInterval())
        .withProgressInterval(properties.worker().progressInterval());
  }

  private WorkerLifecycle of(String kind, JobHandler handler, WorkerOptions options) {
    return new WorkerLifecycle(
        kind, new JobWorker(queue, kind, handler, options, listener), shutdown.grace(), gate);
  }
}
