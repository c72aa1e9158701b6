package org.omnimamba.jobs.web.jobs;

import java.time.Duration;
import org.omnimamba.jobs.web.access.ExchangeEnd;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.body.ByteBudget;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The memory for results and partial images on their way to clients, which may take them slowly: an
 * eighth of the heap. A result that needs more is sent while there are no others.
 */
@Component
class ResultMemory {
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final ByteBudget budget;

  @Autowired
  ResultMemory() {
    this(Runtime.getRuntime().maxMemory() / 8);
  }

  /**
   * Memory of which nothing is taken.
   *
   * @param capacity in bytes
   */
  ResultMemory(long capacity) {
    this.budget = new ByteBudget(capacity);
  }

  /**
   * Gives the result, whose bytes count until the exchange of the subscriber is over.
   *
   * @param copies how often its bytes are in memory until then
   * @return fails with 503 when other results have taken the memory
   */
  Mono<StoredResult> hold(StoredResult result, int copies) {
    return Mono.deferContextual(
        context -> {
          ByteBudget.Lease lease = budget.open();
          ExchangeEnd.run(context, lease::close);
          try {
            lease.take(Math.min((long) result.body().length * copies, budget.capacity()));
          } catch (BodyException full) {
            return Mono.error(
                new Problem(
                        ProblemType.OVERLOADED,
                        "Too many large results are being sent right now. Please try again shortly.")
                    .withRetryAfter(RETRY));
          }
          return Mono.just(result);
        });
  }

  /** Space for a stream, which has little on its way at a time. */
  Space open() {
    return new Space();
  }

  /** Bytes that are taken now. */
  long used() {
    return budget.used();
  }

  /** What the last part of a stream takes. */
  final class Space implements AutoCloseable {
    private ByteBudget.Lease lease = budget.open();
    private boolean closed;

    private Space() {}

    /**
     * Takes what the next part needs in place of the last one.
     *
     * @return whether there was as much; else nothing is held
     */
    synchronized boolean next(long bytes) {
      lease.close();
      if (closed) {
        return false;
      }
      lease = budget.open();
      try {
        return lease.take(Math.min(bytes, budget.capacity()));
      } catch (BodyException full) {
        return false;
      }
    }

    @Override
    public synchronized void close() {
      closed = true;
      lease.close();
    }
  }
}
