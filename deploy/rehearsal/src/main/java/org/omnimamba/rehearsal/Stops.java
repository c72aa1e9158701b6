package org.omnimamba.rehearsal;

import java.util.List;

/** Reports how replicas end when they are told to. */
final class Stops {
  private Stops() {}

  static void report(String act, Report report, Cluster cluster) throws InterruptedException {
    for (String component : List.of("gateway", "jobs", "inference")) {
      for (Pod pod : cluster.pods(component)) {
        long begin = System.nanoTime();
        boolean ended = cluster.remove(pod);
        report.add(
            act,
            component + " ends on SIGTERM within " + pod.container.graceSeconds() + " s",
            ended,
            (System.nanoTime() - begin) / 100_000_000 / 10.0 + " s");
      }
    }
  }
}
