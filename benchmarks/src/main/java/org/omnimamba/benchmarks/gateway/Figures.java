package org.omnimamba.benchmarks.gateway;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.omnimamba.benchmarks.figures.Quantile;

/** Times of one kind, in nanoseconds. */
final class Figures {
  private final ConcurrentLinkedQueue<Long> values = new ConcurrentLinkedQueue<>();

  void add(long nanos) {
    values.add(nanos);
  }

  /** The values of several together. */
  static Figures all(List<Figures> parts) {
    Figures all = new Figures();
    parts.forEach(part -> all.values.addAll(part.values));
    return all;
  }

  int count() {
    return values.size();
  }

  /** Milliseconds that {@code percent} of the values do not exceed; 0 of none. */
  double percentile(double percent) {
    return Quantile.of(values.stream().mapToDouble(Long::doubleValue).toArray(), percent / 100)
        / 1e6;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "p50 %.2f p90 %.2f p99 %.2f ms (%d)",
        percentile(50),
        percentile(90),
        percentile(99),
        count());
  }

  /** What was seen on one way. */
  static final class Seen {
    final Figures firstEvent = new Figures();
    final Figures whole = new Figures();

    /** From the service's writing an event to the client's having it. */
    final Figures travel = new Figures();

    /** How much longer or shorter the gap before an event was at the client than at the service. */
    final Figures gapError = new Figures();

    /** The gap before an event at the client. */
    final Figures gap = new Figures();

    final AtomicInteger errors = new AtomicInteger();

    static Seen[] several(int count) {
      Seen[] all = new Seen[count];
      Arrays.setAll(all, index -> new Seen());
      return all;
    }
  }
}
