package org.omnimamba.queue.job;

import java.util.Locale;

/** Where a job stands. The state diagram is in the package documentation. */
public enum JobStatus {
  /** Waits for a worker: new, between two attempts, released, or redriven. */
  QUEUED,
  /** One worker holds a lease on it. */
  IN_PROGRESS,
  /** A worker holds a lease and has been asked to stop. */
  CANCELLING,
  /** Ended with a result. */
  COMPLETED,
  /** Ended without a result: the dead-letter state, from which a redrive leads back. */
  FAILED,
  /** Ended because its owner asked for it. */
  CANCELLED,
  /** Ended because its deadline passed. */
  EXPIRED;

  /** Whether no worker will touch the job again by itself. */
  public boolean isTerminal() {
    return this == COMPLETED || this == FAILED || this == CANCELLED || this == EXPIRED;
  }

  /** The name used in the database and on the wire, for example {@code in_progress}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The status with that wire name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static JobStatus ofWireName(String name) {
    for (JobStatus status : values()) {
      if (status.wireName().equals(name)) {
        return status;
      }
    }
    throw new IllegalArgumentException("unknown job status: " + name);
  }
}
