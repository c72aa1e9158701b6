package org.omnimamba.benchmarks.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.benchmarks.BenchmarkArguments;

/** Each stage on a tiny model; that it runs, and what it counts. */
class TrainingBenchmarkTest {

  @ParameterizedTest
  @CsvSource({"t2i, 654", "mmu, 78", "joint, 732"})
  void takesStepsOfAStageAndCountsItsTokens(String stage, long tokens) {
    String arguments =
        "--sizes tiny --device cpu --precision float32 --compile false --drawn 2 --asked 2"
            + " --length 20 --warm 1 --steps 1 --stage ";
    Map<String, Object> json =
        TrainingBenchmark.run(new BenchmarkArguments((arguments + stage).split(" ", -1)));
    assertEquals(stage, json.get("stage"));
    assertEquals(tokens, json.get("tokens_per_step"));
    assertTrue((long) json.get("trained") > 0);
    assertTrue((double) json.get("tokens_per_s") > 0);
    assertTrue((double) json.get("model_tflops") > 0);
  }
}
