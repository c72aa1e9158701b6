package org.omnimamba.inference.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.omnimamba.inference.engine.EngineException.Reason;

/**
 * How much work the engine has accepted and not done yet, counted exactly: sequences that have not
 * finished, and tokens (of prompts and of completions at their longest) that have not been
 * processed. A request reserves its part when it is submitted and returns it token by token; what
 * it did not need it returns at its end.
 *
 * <p>One requester cannot take all the room: what it holds must stay within a fixed multiple of
 * what is free ({@link Shares#tenant}). A requester that holds nothing needs no more than that
 * there is room; one that holds much gets nothing more while others come, until enough of it has
 * ended.
 */
final class Admission {
  private static final double ROUNDING = 1e-6;

  private final int maxSequences;
  private final long maxTokens;
  private final double share;
  private final Throughput throughput;
  private final Map<Requester, Held> byRequester = new HashMap<>();

  private int sequences;
  private long tokens;

  /** What the requests of one requester hold together. */
  private static final class Held {
    int sequences;
    long tokens;

    void add(int sequencesMore, long tokensMore) {
      sequences += sequencesMore;
      tokens += tokensMore;
    }

    boolean isNothing() {
      return sequences == 0 && tokens == 0;
    }
  }

  /**
   * @param maxSequences sequences that may run and wait together
   * @param maxTokens tokens that may be outstanding
   * @param share of both that one tenant can fill while it is alone
   */
  Admission(int maxSequences, long maxTokens, double share, Throughput throughput) {
    this.maxSequences = maxSequences;
    this.maxTokens = maxTokens;
    this.share = share;
    this.throughput = throughput;
  }

  /**
   * Reserves room or refuses.
   *
   * @throws EngineException with {@link Reason#QUEUE_FULL} and a retry time, or {@link
   *     Reason#TOO_LARGE} if the request does not even fit an idle engine
   */
  synchronized Reservation reserve(Requester requester, int newSequences, long newTokens) {
    check(requester, newSequences, newTokens);
    Reservation reservation = new Reservation(requester);
    reservation.change(newSequences, newTokens);
    return reservation;
  }

  /** Refuses as {@link #reserve} would, and reserves nothing. */
  synchronized void check(Requester requester, int newSequences, long newTokens) {
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
    checkShare(requester, newSequences, newTokens);
  }

  /** Callers that name no tenant cannot be told apart, so only the room bounds them. */
  private void checkShare(Requester requester, int newSequences, long newTokens) {
    Held own = byRequester.get(requester);
    if (own == null || requester.tenant() == null) {
      return;
    }
    double excessSequences = excess(own.sequences + newSequences, freeSequences() - newSequences);
    double excessTokens = excess(own.tokens + newTokens, maxTokens - tokens - newTokens);
    if (excessSequences > ROUNDING || excessTokens > ROUNDING) {
      throw new EngineException(
          Reason.QUEUE_FULL,
          "The tenant's share of the server is full: %d sequences and %d tokens of it are waiting or running."
              .formatted(own.sequences, own.tokens),
          retryAfter(excessSequences, excessTokens),
          null);
    }
  }

  private int freeSequences() {
    return maxSequences - sequences;
  }

  /** How much of what a requester holds has to end, so that it is within its share. */
  private double excess(double own, double free) {
    return (1 - share) * own - share * free;
  }

  private Duration retryAfter(double excessSequences, double excessTokens) {
    double tokensPerSequence = sequences == 0 ? 0 : (double) tokens / sequences;
    double work = Math.max(excessTokens, excessSequences * tokensPerSequence);
    return throughput.timeFor(work);
  }

  synchronized int sequences() {
    return sequences;
  }

  synchronized long tokens() {
    return tokens;
  }

  /** What one request holds. Returned exactly once, however often it is closed. */
  final class Reservation implements AutoCloseable {
    private final Requester requester;
    private final Held held = new Held();

    private Reservation(Requester requester) {
      this.requester = requester;
    }

    /** Tokens that have been processed, or will never be. */
    void returnTokens(long count) {
      synchronized (Admission.this) {
        change(0, -Math.min(count, held.tokens));
      }
    }

    void returnSequence() {
      synchronized (Admission.this) {
        change(-Math.min(1, held.sequences), 0);
      }
    }

    @Override
    public void close() {
      synchronized (Admission.this) {
        change(-held.sequences, -held.tokens);
      }
    }

    /** Here, in what the requester holds, and in all. */
    private void change(int sequencesMore, long tokensMore) {
      sequences += sequencesMore;
      tokens += tokensMore;
      held.add(sequencesMore, tokensMore);
      Held own = byRequester.computeIfAbsent(requester, absent -> new Held());
      own.add(sequencesMore, tokensMore);
      if (own.isNothing()) {
        byRequester.remove(requester);
      }
    }
  }
}
