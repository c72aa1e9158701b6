package org.omnimamba.benchmarks.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchLoadFiguresTest {
  @Test
  void aRoundsBatchIsComparedToItsOwnJobs() {
    BatchLoadFigures figures = new BatchLoadFigures(10);
    figures.add(new BatchLoadFigures.Round(100, 100, 50), new BatchLoadFigures.Round(50, 10, 25));
    figures.add(new BatchLoadFigures.Round(400, 100, 60), new BatchLoadFigures.Round(300, 20, 60));
    figures.add(new BatchLoadFigures.Round(200, 200, 40), new BatchLoadFigures.Round(200, 32, 40));

    Map<String, Object> json = figures.json();

    assertEquals(3, json.get("rounds"));
    assertEquals(0.75, json.get("batch_by_jobs_run"));
    assertEquals(0.58, json.get("batch_by_jobs_whole"));
    assertEquals(1.0, json.get("batch_by_jobs_processor"));
    Map<?, ?> jobs = (Map<?, ?>) json.get("jobs");
    assertEquals(20.0, jobs.get("run_ms_a_request"));
    assertEquals(List.of(10.0, 40.0, 20.0), jobs.get("run_ms_a_request_by_round"));
  }
}
