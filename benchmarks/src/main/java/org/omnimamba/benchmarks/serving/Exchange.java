package org.omnimamba.benchmarks.serving;

import java.util.List;

/**
 * One request and its answer, in nanoseconds of {@link System#nanoTime}.
 *
 * @param begin when the request was sent
 * @param tokenTimes when each token came; empty where the answer is not streamed
 * @param end when the answer was complete
 * @param tokens generated
 */
record Exchange(long begin, List<Long> tokenTimes, long end, int tokens) {
  Exchange {
    tokenTimes = List.copyOf(tokenTimes);
    if (end <= begin) {
      throw new IllegalArgumentException("an answer takes time: " + begin + " to " + end);
    }
  }

  /** An answer of several tokens that comes in one piece. */
  static Exchange whole(long begin, long end, int tokens) {
    return new Exchange(begin, List.of(), end, tokens);
  }

  /** The part of this exchange that lies between two times, from 0 to 1. */
  double shareBetween(long from, long to) {
    long inside = Math.min(end, to) - Math.max(begin, from);
    return Math.max(0, inside) / (double) (end - begin);
  }
}
