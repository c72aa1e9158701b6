package org.omnimamba.jobs.event;

import java.time.Duration;
import java.util.UUID;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.queue.Job;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueSignal;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells when it is worth looking at a job again. */
@Component
public class JobChanges {
  private final QueueListener listener;
  private final JobQueue queue;
  private final Duration poll;

  JobChanges(QueueListener listener, JobQueue queue, JobsProperties properties) {
    this.listener = listener;
    this.queue = queue;
    this.poll = properties.api().eventPoll();
  }

  /** Something at once, then at every hint about the job and every so often anyway. Endless. */
  public Flux<Object> of(UUID id) {
    Flux<Object> hints =
        listener.signals().filter(signal -> concerns(signal, id)).cast(Object.class);
    return Flux.merge(hints, Flux.interval(Duration.ZERO, poll)).onBackpressureLatest();
  }

  /**
   * Waits until the job has ended, at most so long.
   *
   * @return the job as it is then; empty when there is none
   */
  public Mono<Job> awaitEnd(String tenant, UUID id, Duration atMost) {
    return of(id)
        .concatMap(change -> hasEnded(tenant, id), 1)
        .takeUntil(ended -> ended)
        .takeUntilOther(Mono.delay(atMost))
        .then(Mono.defer(() -> queue.get(tenant, id)));
  }

  private Mono<Boolean> hasEnded(String tenant, UUID id) {
    return queue.get(tenant, id).map(job -> job.status().isTerminal()).defaultIfEmpty(true);
  }

  private static boolean concerns(QueueSignal signal, UUID id) {
    return signal instanceof QueueSignal.Connected
        || (signal instanceof QueueSignal.Changed changed && changed.id().equals(id));
  }
}
