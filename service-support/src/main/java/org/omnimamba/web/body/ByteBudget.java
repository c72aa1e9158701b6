package org.omnimamba.web.body;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that all request bodies of a service use together.
 *
 * <p>Each request takes its bytes through a {@link Lease} of its own. Only the lease knows what the
 * request holds, and it is open or closed: taking and closing exclude each other, so nothing can be
 * taken after the close, and the close returns all that was taken, once. A timeout or a
 * disconnection at any moment therefore returns everything.
 */
public final class ByteBudget {
  private final long capacity;
  private final AtomicLong used = new AtomicLong();

  /**
   * @param capacity in bytes; see {@link BudgetSize} for one that fits the process
   */
  public ByteBudget(long capacity) {
    this.capacity = capacity;
  }

  /** A lease that holds nothing yet. */
  public Lease open() {
    return new Lease();
  }

  /** Bytes that are taken now. */
  public long used() {
    return used.get();
  }

  /** Bytes that may be taken in all. */
  public long capacity() {
    return capacity;
  }

  private boolean reserve(long bytes) {
    while (true) {
      long now = used.get();
      if (bytes > capacity - now) {
        return false;
      }
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
  }

  /** What one request holds of the budget. Its methods may be called from any thread. */
  public final class Lease implements AutoCloseable {
    private long held;
    private boolean closed;

    private Lease() {}

    /**
     * Takes more.
     *
     * @return false if the lease is closed, which means that nobody needs the bytes any more
     * @throws BodyException with {@link BodyException.Reason#OVERLOADED} if the budget is used up
     */
    public synchronized boolean take(long bytes) {
      if (closed) {
        return false;
      }
      if (!reserve(bytes)) {
        throw new BodyException(
            BodyException.Reason.OVERLOADED,
            "Too many large requests are being read right now. Please try again shortly.");
      }
      held += bytes;
      return true;
    }

    /** Returns a part of what was taken. */
    public synchronized void give(long bytes) {
      if (bytes > held && !closed) {
        throw new IllegalArgumentException("only " + held + " bytes are held, not " + bytes);
      }
      if (!closed) {
        held -= bytes;
        used.addAndGet(-bytes);
      }
    }

    /** Returns all that is held; a second call does nothing. */
    @Override
    public synchronized void close() {
      closed = true;
      used.addAndGet(-held);
      held = 0;
    }
  }
}
