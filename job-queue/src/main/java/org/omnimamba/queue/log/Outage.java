package org.omnimamba.queue.log;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import reactor.core.scheduler.Scheduler;

/**
 * Work that is repeated for as long as it takes, and whose failures are logged as one outage: the
 * first one as a warning, the others counted, and the end with their number and the time.
 */
public final class Outage {
  private final Logger log;
  private final String work;
  private final Scheduler clock;
  private long failures;
  private long begun;

  /**
   * @param work what is repeated, as the subject of a sentence: {@code "the sweep of the queue"}
   * @param clock measures how long it failed
   */
  public Outage(Logger log, String work, Scheduler clock) {
    this.log = log;
    this.work = work;
    this.clock = clock;
  }

  /** The work failed once more. */
  public synchronized void failed(String reason) {
    if (failures++ == 0) {
      begun = now();
      log.warn("{} fails and is tried again until it succeeds: {}", work, reason);
    } else {
      log.debug("{} still fails, for the {}th time: {}", work, failures, reason);
    }
  }

  /** The work was done. */
  public synchronized void succeeded() {
    if (failures > 0) {
      Duration length = Duration.ofNanos(now() - begun);
      log.info("{} succeeds again, after {} failures in {} s", work, failures, length.toSeconds());
      failures = 0;
    }
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }
}
