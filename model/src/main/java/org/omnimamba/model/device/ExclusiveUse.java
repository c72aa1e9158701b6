package org.omnimamba.model.device;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Detects two threads inside one program at the same time; costs two atomic writes per call. Who
 * has entered may hand the use to threads of its own, which then run under it without entering, and
 * must have ended before it is closed; all others are still refused.
 */
final class ExclusiveUse {
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();

  /** Enters; the result leaves when closed. */
  Use enter() {
    Thread current = Thread.currentThread();
    if (!user.compareAndSet(null, current)) {
      throw new IllegalStateException(
          "a model runs on one thread at a time, but '%s' called while another call was running"
              .formatted(current.getName()));
    }
    return () -> user.set(null);
  }

  /** A call in progress. */
  interface Use extends AutoCloseable {
    @Override
    void close();
  }
}
