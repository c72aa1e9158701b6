package org.omnimamba.inference.engine;

import java.time.Duration;

/** Counts failed device calls in a row. Engine thread only. */
final class DeviceHealth {
  private final int failuresUntilUnready;
  private final long probeNanos;
  private int failures;
  private long lastFailureNanos;

  DeviceHealth(int failuresUntilUnready, Duration probeInterval) {
    this.failuresUntilUnready = failuresUntilUnready;
    this.probeNanos = probeInterval.toNanos();
  }

  void succeeded() {
    failures = 0;
  }

  void failed(long now) {
    failures++;
    lastFailureNanos = now;
  }

  boolean usable() {
    return failures < failuresUntilUnready;
  }

  /** Nanoseconds until the device should be tried again; zero or less when that is due. */
  long untilProbe(long now) {
    return lastFailureNanos + probeNanos - now;
  }
}
