package org.omnimamba.rehearsal;

import java.util.List;

/** Reports how much memory replicas took, beside their limits. */
final class Memory {
  private Memory() {}

  static void report(String act, Report report, List<Pod> pods) {
    for (Pod pod : pods) {
      long peak = pod.peakMemory();
      long limit = pod.container.memoryBytes();
      report.add(
          act,
          "peak memory of " + pod.name,
          limit == 0 || peak <= limit,
          (peak >> 20) + " MiB" + (limit == 0 ? "" : " of " + (limit >> 20)));
    }
  }
}
