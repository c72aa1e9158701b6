package org.omnimamba.gateway.body;

import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;

/** Bounds the memory that all request bodies use together. */
final class MemoryBudget {
  private final long capacity;
  private final AtomicLong used = new AtomicLong();

  MemoryBudget(long capacity) {
    this.capacity = capacity;
  }

  Lease open() {
    return new Lease();
  }

  long used() {
    return used.get();
  }

  /** One request's share; closing it twice is harmless. */
  final class Lease implements AutoCloseable {
    private final AtomicLong held = new AtomicLong();

    /**
     * Takes more memory.
     *
     * @throws ApiException 503 if the budget is used up
     */
    void grow(long bytes) {
      if (used.addAndGet(bytes) > capacity) {
        used.addAndGet(-bytes);
        throw ApiException.serverError(
                HttpStatus.SERVICE_UNAVAILABLE,
                "overloaded",
                "Too many large requests are being read right now. Please try again shortly.")
            .header("Retry-After", "1")
            .header("Connection", "close");
      }
      held.addAndGet(bytes);
    }

    @Override
    public void close() {
      used.addAndGet(-held.getAndSet(0));
    }
  }
}
