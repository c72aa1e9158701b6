package org.omnimamba.benchmarks.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.omnimamba.benchmarks.serving.LoadFigures.Quantiles;

class LoadFiguresTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void anAnswerCountsWithItsPartBetweenTheTimes() {
    // one ends a quarter inside, one lies inside, one begins in the middle, one is after
    List<Exchange> exchanges =
        List.of(
            Exchange.whole(7 * SECOND, 11 * SECOND, 40),
            Exchange.whole(10 * SECOND, 12 * SECOND, 40),
            Exchange.whole(18 * SECOND, 22 * SECOND, 40),
            Exchange.whole(20 * SECOND, 21 * SECOND, 40));

    LoadFigures figures = LoadFigures.of(exchanges, 10 * SECOND, 20 * SECOND);

    assertEquals(3, figures.requests());
    assertEquals((0.25 + 1 + 0.5) / 10, figures.requestsPerSecond(), 1e-12);
    assertEquals(40 * (0.25 + 1 + 0.5) / 10, figures.tokensPerSecond(), 1e-9);
  }

  @Test
  void clientsThatAreAlwaysBusyGiveTheirRateWhereverTheTimeBegins() {
    List<Exchange> exchanges =
        LongStream.range(0, 64)
            .boxed()
            .flatMap(
                client ->
                    LongStream.range(0, 10)
                        .mapToObj(i -> Exchange.whole(2 * SECOND * i, 2 * SECOND * (i + 1), 256)))
            .toList();

    for (long from : new long[] {4 * SECOND, 4 * SECOND + 123, 5 * SECOND}) {
      LoadFigures figures = LoadFigures.of(exchanges, from, from + 9 * SECOND);
      assertEquals(32, figures.requestsPerSecond(), 1e-9);
      assertEquals(32 * 256, figures.tokensPerSecond(), 1e-6);
      assertEquals(2000, figures.latency().p50());
    }
  }

  @Test
  void tokensGiveTheFirstOneAndTheGaps() {
    Exchange exchange =
        new Exchange(SECOND, List.of(3 * SECOND, 4 * SECOND, 8 * SECOND), 9 * SECOND, 3);

    LoadFigures figures = LoadFigures.of(List.of(exchange), SECOND, 20 * SECOND);

    assertEquals(2000, figures.firstToken().p50());
    assertEquals(2, figures.gap().count());
    assertEquals(1000, figures.gap().p50());
    assertEquals(4000, figures.gap().p99());
    assertEquals(8000, figures.latency().most());
  }

  @Test
  void timesOfAnswersThatBeganBeforeDoNotCount() {
    Exchange before = new Exchange(SECOND, List.of(2 * SECOND), 5 * SECOND, 1);

    LoadFigures figures = LoadFigures.of(List.of(before), 3 * SECOND, 7 * SECOND);

    assertEquals(0.5 / 4, figures.requestsPerSecond(), 1e-12);
    assertEquals(0, figures.latency().count());
    assertEquals("-", figures.firstToken().toString());
  }

  @Test
  void quantilesAreValuesThatOccurred() {
    Quantiles of200 = Quantiles.of(LongStream.rangeClosed(1, 200).mapToDouble(n -> n * 1e6));

    assertEquals(new Quantiles(200, 100, 198, 200), of200);
    assertEquals("100 / 198", of200.toString());
    assertEquals(new Quantiles(1, 7, 7, 7), Quantiles.of(DoubleStream.of(7e6)));
    assertEquals(new Quantiles(0, 0, 0, 0), Quantiles.of(DoubleStream.empty()));
  }

  @Test
  void timesThatCannotBeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Exchange.whole(5, 5, 1));
    assertThrows(IllegalArgumentException.class, () -> LoadFigures.of(List.of(), 5, 5));
  }
}
