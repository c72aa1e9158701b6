package org.omnimamba.benchmarks.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiguresTest {
  @Test
  void percentilesOfSeveralAreThoseOfAllTheirValues() {
    Figures low = new Figures();
    LongStream.rangeClosed(1, 50).forEach(n -> low.add(n * 1_000_000));
    Figures high = new Figures();
    LongStream.rangeClosed(51, 100).forEach(n -> high.add(n * 1_000_000));

    Figures all = Figures.all(List.of(high, low));

    assertEquals(50, all.percentile(50));
    assertEquals(99, all.percentile(99));
    assertEquals("p50 50.00 p90 90.00 p99 99.00 ms (100)", all.toString());
  }

  @Test
  void nothingMeasuredIsZero() {
    assertEquals("p50 0.00 p90 0.00 p99 0.00 ms (0)", new Figures().toString());
  }
}
