package org.omnimamba.inference.api;

import jakarta.annotation.PreDestroy;
import org.omnimamba.inference.InferenceProperties;
import org.springframework.stereotype.Component;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Threads for work that takes processor time: reading bodies, decoding, resizing and encoding
 * pictures. Two pools, so that a crowd of arriving requests does not hold up finished ones.
 */
@Component
public final class Workers {
  private static final int QUEUED_TASKS = 10_000;

  private final Scheduler incoming;
  private final Scheduler outgoing;
  private final Scheduler timers = Schedulers.newSingle("inference-timers", true);

  Workers(InferenceProperties properties) {
    incoming =
        Schedulers.newBoundedElastic(properties.imageWorkers(), QUEUED_TASKS, "inference-in");
    outgoing =
        Schedulers.newBoundedElastic(properties.imageWorkers(), QUEUED_TASKS, "inference-out");
  }

  /** For what arrives. */
  public Scheduler incoming() {
    return incoming;
  }

  /** For what leaves. */
  public Scheduler outgoing() {
    return outgoing;
  }

  /** For time limits; apart from the shared timers, whose lock event loops would wait for. */
  Scheduler timers() {
    return timers;
  }

  @PreDestroy
  void close() {
    incoming.dispose();
    outgoing.dispose();
    timers.dispose();
  }
}
