package org.omnimamba.inference.api;

import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
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
  private static final int FEWEST = 2;

  /** A picture of 25 million pixels while it is decoded, turned and resized. */
  private static final long LARGEST_PICTURE_BYTES = 256L << 20;

  private final Scheduler incoming;
  private final Scheduler outgoing;
  private final Scheduler timers = Schedulers.newSingle("inference-timers", true);

  Workers(InferenceProperties properties) {
    Runtime machine = Runtime.getRuntime();
    int threads =
        threads(properties.imageWorkers(), machine.availableProcessors(), machine.maxMemory());
    incoming = Schedulers.newBoundedElastic(threads, QUEUED_TASKS, "inference-in");
    outgoing = Schedulers.newBoundedElastic(threads, QUEUED_TASKS, "inference-out");
  }

  /** Of each pool. A quarter of the heap must hold the largest pictures of all of them. */
  static int threads(@Nullable Integer wanted, int processors, long heapBytes) {
    if (wanted != null) {
      return wanted;
    }
    return (int) Math.max(FEWEST, Math.min(processors / 2, heapBytes / 4 / LARGEST_PICTURE_BYTES));
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
