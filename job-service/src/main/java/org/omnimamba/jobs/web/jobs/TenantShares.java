package org.omnimamba.jobs.web.jobs;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import reactor.core.publisher.Flux;

/**
 * Bounds how many requests of one kind this replica has open at once, and what one tenant may have
 * of them: no more than are still free. So a tenant alone gets half, and there is always room for a
 * tenant that has none while others have not taken everything together.
 */
public class TenantShares {
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Map<String, Integer> held = new HashMap<>();
  private final int most;
  private final String what;
  private int open;

  /**
   * Shares of one kind of request.
   *
   * @param most how many of all tenants may be open at once
   * @param what the requests, in words for the client
   */
  protected TenantShares(int most, String what) {
    this.most = most;
    this.what = what;
  }

  /**
   * Holds a place from the subscription to the end.
   *
   * @return fails as {@link #acquire} does
   */
  public <T> Flux<T> limit(String tenant, Flux<T> stream) {
    return Flux.using(() -> acquire(tenant), place -> stream, Runnable::run);
  }

  /**
   * Takes a place.
   *
   * @return gives the place back; to be run once
   * @throws Problem 429 when the tenant has its share, 503 when there is no place at all
   */
  synchronized Runnable acquire(String tenant) {
    int free = most - open;
    if (free <= 0) {
      throw new Problem(ProblemType.UNAVAILABLE, "This replica has too many " + what + " open.")
          .withRetryAfter(RETRY);
    }
    if (held.getOrDefault(tenant, 0) >= free) {
      throw new Problem(
              ProblemType.TOO_MANY_OPEN, "You have as many " + what + " open here as you may.")
          .withRetryAfter(RETRY);
    }
    open++;
    held.merge(tenant, 1, Integer::sum);
    return () -> release(tenant);
  }

  private synchronized void release(String tenant) {
    open--;
    held.compute(tenant, (name, count) -> Objects.requireNonNull(count) == 1 ? null : count - 1);
  }
}
