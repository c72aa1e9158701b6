package org.omnimamba.queue;

import java.time.Duration;
import org.slf4j.Logger;

/**
 * Work that is repeated for as long as it takes, and whose failures are logged as one outage: the
 * first one as a warning, the others counted, and the end with their number and the time.
 */
public final class Outage {
  private final Logger log;
  private final String work;
  private long failures;
  private long begun;

  /**
   * @param work what is repeated, as the subject of a sentence: {@code "the sweep of the queue"}
   */
  public Outage(Logger log, String work) {
    this.log = log;
    this.work = work;
  }

  /** The work failed once more. */
  public synchronized void failed(String reason) {
    if (failures++ == 0) {
      begun = System.nanoTime();
      log.warn("{} fails and is tried again until it succeeds: {}", work, reason);
    } else {
      log.debug("{} still fails, for the {}th time: {}", work, failures, reason);
    }
  }

  /** The work was done. */
  public synchronized void succeeded() {
    if (failures > 0) {
      Duration length = Duration.ofNanos(System.nanoTime() - begun);
      log.info("{} succeeds again, after {} failures in {} s", work, failures, length.toSeconds());
      failures = 0;
    }
  }
}
