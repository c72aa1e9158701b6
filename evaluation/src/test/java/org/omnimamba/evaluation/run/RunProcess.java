package org.omnimamba.evaluation.run;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.omnimamba.evaluation.Benchmark;
import org.omnimamba.evaluation.BenchmarkEvaluation;
import org.omnimamba.evaluation.MadeUp;

/**
 * A run in a process of its own, for tests that kill it: {@code DATA OUT ANSWERS}. It gives so many
 * answers, says READY and waits.
 */
public final class RunProcess {
  private RunProcess() {}

  public static void main(String[] args) throws Exception {
    int most = Integer.parseInt(args[2]);
    AtomicInteger given = new AtomicInteger();
    new BenchmarkEvaluation(
            Benchmark.POPE, MadeUp.settings(Path.of(args[0]), Path.of(args[1]), "llava"))
        .run(
            Map.of("model", "made up"),
            () ->
                new MadeUp.Told(
                    question -> {
                      if (given.getAndIncrement() == most) {
                        System.out.println("READY");
                        await();
                      }
                      return answer(question.id());
                    }),
            (done, of) -> {});
  }

  /** What is answered to a question, in whichever process. */
  static String answer(String id) {
    return Math.floorMod(id.hashCode(), 3) == 0 ? "No, \"not\"\n\u00e9 <b>" : "Yes";
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
