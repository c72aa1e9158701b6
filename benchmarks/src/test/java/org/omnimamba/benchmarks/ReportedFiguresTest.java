package org.omnimamba.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What reports say of values that were measured. */
class ReportedFiguresTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aQueueGivesRatesByRoundAndTimesOfAllRounds() {
    QueueFigures first = new QueueFigures();
    first.submitted(3000, 2 * SECOND);
    first.executed(1000, 4 * SECOND);
    first.starts(new long[] {1_000_000, 2_000_000});
    first.claims(new long[] {500_000});
    QueueFigures second = new QueueFigures();
    second.submitted(1000, SECOND);
    second.executed(500, SECOND);
    second.starts(new long[] {4_000_000});
    second.claims(new long[] {1_234_500, 700_000});
    QueueFigures third = new QueueFigures();
    third.submitted(2000, SECOND);
    third.executed(300, SECOND);
    third.add(first);
    third.add(second);

    Map<String, Object> json = third.json();

    assertEquals(1500L, json.get("submits_per_s_median"));
    assertEquals(List.of(2000L, 1500L, 1000L), json.get("submits_per_s_by_round"));
    assertEquals(300L, json.get("jobs_per_s_median"));
    assertEquals(List.of(300L, 250L, 500L), json.get("jobs_per_s_by_round"));
    assertEquals(2.0, json.get("start_ms_p50"));
    assertEquals(4.0, json.get("start_ms_p99"));
    assertEquals(0.7, json.get("claim_ms_p50"));
    assertEquals(1.23, json.get("claim_ms_p99"));
  }

  @Test
  void anOverloadCountsWhatHappenedAndKeepsTheMost() {
    OverloadFigures figures = new OverloadFigures(200);
    LongStream.rangeClosed(1, 100).forEach(n -> figures.addGap(n * 1_000_000));
    figures.addFirstToken(7_654_321);
    figures.addAccepted();
    figures.addAccepted();
    figures.addRefused();
    figures.addCompleted();
    figures.sequences(32);
    figures.sequences(5);
    figures.residentBytes(3L << 20);

    assertEquals(99, figures.p99());
    assertEquals(
        "{clients=200, accepted=2, refused=1, completed=1, failed=0, most_sequences=32,"
            + " first_token_p50_ms=7.65, first_token_p99_ms=7.65, gaps=100, gap_p50_ms=50.0,"
            + " gap_p99_ms=99.0, gap_max_ms=100.0, resident_mb=3}",
        figures.json().toString());
  }

  @Test
  void samplesBeyondTheFirstArrayAreKept() {
    OverloadFigures figures = new OverloadFigures(1);
    LongStream.rangeClosed(1, 100_000).forEach(n -> figures.addGap(n * 1_000_000));
    assertEquals(99_000, figures.p99());
    assertEquals(100_000, figures.json().get("gaps"));
  }

  @Test
  void timesOfStepsGiveTokensOfAllSequences() {
    double[] millis = new double[20];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = 20 - i;
    }
    StepTimer.Times times = new StepTimer.Times(8, 4, 812.346, millis);
    assertEquals(
        "{batch=8, tokens_per_call=4, first_ms=812.35, median_ms=10.0, min_ms=1.0, p95_ms=19.0,"
            + " tokens_per_s=800.0}",
        times.json().toString());
  }
}
