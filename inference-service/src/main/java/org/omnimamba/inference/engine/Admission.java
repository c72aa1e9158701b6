package org.omnimamba.inference.engine;

import java.time.Duration;
import org.omnimamba.inference.engine.EngineException.Reason;

/**
 * How much work the engine has accepted and not done yet, counted exactly: sequences that have not
 * finished, and tokens (of prompts and of completions at their longest) that have not been
 * processed. A request reserves its share when it is submitted and returns it token by token; what
 * it did not need it returns at its end.
 */
final class Admission {
  private final int maxSequences;
  private final long maxTokens;
  private final Throughput throughput;

  private int sequences;
  private long tokens;

  /**
   * @param maxSequences sequences that may run and wait together
   * @param maxTokens tokens that may be outstanding
   */
  Admission(int maxSequences, long maxTokens, Throughput throughput) {
    this.maxSequences = maxSequences;
    this.maxTokens = maxTokens;
    this.throughput = throughput;
  }

  /**
   * Reserves room or refuses.
   *
   * @throws EngineException with {@link Reason#QUEUE_FULL} and a retry time, or {@link
   *     Reason#TOO_LARGE} if the request does not even fit an idle engine
   */
  synchronized Reservation reserve(int newSequences, long newTokens) {
    check(newSequences, newTokens);
    sequences += newSequences;
    tokens += newTokens;
    return new Reservation(newSequences, newTokens);
  }

  /** Refuses as {@link #reserve} would, and reserves nothing. */
  synchronized void check(int newSequences, long newTokens) {
    if (newSequences > maxSequences || newTokens > maxTokens) {
      throw new EngineException(
          Reason.TOO_LARGE,
          "The request needs %d sequences and %d tokens; this server takes at most %d and %d."
              .formatted(newSequences, newTokens, maxSequences, maxTokens));
    }
    long excessSequences = (long) sequences + newSequences - maxSequences;
    long excessTokens = tokens + newTokens - maxTokens;
    if (excessSequences > 0 || excessTokens > 0) {
      throw new EngineException(
          Reason.QUEUE_FULL,
          "The server is at capacity: %d sequences and %d tokens are waiting or running."
              .formatted(sequences, tokens),
          retryAfter(excessSequences, excessTokens),
          null);
    }
  }

  private Duration retryAfter(long excessSequences, long excessTokens) {
    double tokensPerSequence = sequences == 0 ? 0 : (double) tokens / sequences;
    double work = Math.max((double) excessTokens, (double) excessSequences * tokensPerSequence);
    return throughput.timeFor(work);
  }

  synchronized int sequences() {
    return sequences;
  }

  synchronized long tokens() {
    return tokens;
  }

  /** One request's share. Returned exactly once, however often it is closed. */
  final class Reservation implements AutoCloseable {
    private int heldSequences;
    private long heldTokens;

    private Reservation(int sequences, long tokens) {
      heldSequences = sequences;
      heldTokens = tokens;
    }

    /** Tokens that have been processed, or will never be. */
    void returnTokens(long count) {
      synchronized (Admission.this) {
        long returned = Math.min(count, heldTokens);
        heldTokens -= returned;
        tokens -= returned;
      }
    }

    void returnSequence() {
      synchronized (Admission.this) {
        if (heldSequences > 0) {
          heldSequences--;
          sequences--;
        }
      }
    }

    @Override
    public void close() {
      synchronized (Admission.this) {
        tokens -= heldTokens;
        sequences -= heldSequences;
        heldTokens = 0;
        heldSequences = 0;
      }
    }
  }
}
