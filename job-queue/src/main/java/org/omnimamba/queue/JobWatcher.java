package org.omnimamba.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.omnimamba.queue.job.Job;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Follows single jobs: reads a job's row when a hint says that it changed, and now and then. */
public final class JobWatcher {
  private final JobQueue queue;
  private final QueueListener listener;
  private final Duration pollInterval;

  /**
   * A watcher.
   *
   * @param pollInterval how often a watched job is read when no hint comes
   */
  public JobWatcher(JobQueue queue, QueueListener listener, Duration pollInterval) {
    this.queue = queue;
    this.listener = listener;
    this.pollInterval = pollInterval;
  }

  /**
   * The job as it is, then each newer version that is seen; versions that follow each other quickly
   * may be passed over, the last never. Ends after a terminal status, or when the job is deleted;
   * empty when the tenant has no such job.
   */
  public Flux<Job> watch(String tenant, UUID id) {
    return Flux.defer(
        () -> {
          long period = Math.max(1, pollInterval.toMillis());
          long phase = (long) (period * (0.5 + ThreadLocalRandom.current().nextDouble() / 2));
          Flux<Boolean> hints =
              listener.signals().filter(signal -> concerns(signal, id)).map(signal -> true);
          Flux<Boolean> polls =
              Flux.interval(Duration.ofMillis(phase), Duration.ofMillis(period), queue.scheduler())
                  .map(n -> true);
          return Flux.merge(hints, Mono.just(true), polls)
              .onBackpressureLatest()
              .concatMap(
                  look -> queue.get(tenant, id).map(Optional::of).defaultIfEmpty(Optional.empty()),
                  1)
              .takeWhile(Optional::isPresent)
              .map(Optional::orElseThrow)
              .scan((last, now) -> now.version() > last.version() ? now : last)
              .distinctUntilChanged(Job::version)
              .takeUntil(job -> job.status().isTerminal());
        });
  }

  private static boolean concerns(QueueSignal signal, UUID id) {
    return signal instanceof QueueSignal.Connected
        || (signal instanceof QueueSignal.Changed changed && changed.id().equals(id));
  }
}
