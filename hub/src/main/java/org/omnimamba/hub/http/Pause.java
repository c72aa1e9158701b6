package org.omnimamba.hub.http;

import java.time.Duration;

/** Waits. */
public interface Pause {
  Pause SLEEP = duration -> Thread.sleep(duration.toMillis());

  void pause(Duration duration) throws InterruptedException;
}
