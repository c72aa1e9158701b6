package org.omnimamba.rehearsal;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits on conditions. */
final class Wait {
  private Wait() {}

  /**
   * Asks every 200 ms until the condition holds.
   *
   * @return the milliseconds that it took
   * @throws IllegalStateException if it does not hold in time
   */
  static long until(String what, Duration limit, Callable<Boolean> condition)
      throws InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      boolean holds;
      try {
        holds = condition.call();
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        holds = false;
      }
      long passed = System.nanoTime() - begin;
      if (holds) {
        return passed / 1_000_000;
      }
      if (passed > limit.toNanos()) {
        throw new IllegalStateException("not in " + limit.toSeconds() + " s: " + what);
      }
      Thread.sleep(200);
    }
  }
}
