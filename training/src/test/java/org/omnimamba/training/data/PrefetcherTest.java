package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PrefetcherTest {
  private static final Set<Thread.State> IDLE =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private static Batch numbered(long step) {
    return Batch.empty().with("step", new long[] {step});
  }

  @Test
  void givesBatchesInTheirOrderFromTheFirstOn() throws Exception {
    try (Prefetcher batches = new Prefetcher(PrefetcherTest::numbered, 7, 2)) {
      for (long step = 7; step < 50; step++) {
        assertThat(batches.next().longs("step")).containsExactly(step);
      }
    }
  }

  @Test
  void makesNoMoreThanItIsToldToKeepReady() throws Exception {
    AtomicLong made = new AtomicLong();
    BatchSource source =
        step -> {
          made.incrementAndGet();
          return numbered(step);
        };
    try (Prefetcher batches = new Prefetcher(source, 0, 3)) {
      awaitIdleMakers(made, 3);
      assertThat(made).hasValue(3);
      batches.next();
      awaitIdleMakers(made, 4);
      assertThat(made).hasValue(4);
    }
  }

  /**
   * Waits until at least so many batches are made and every maker waits for work: one that had more
   * to make would not wait.
   */
  private static void awaitIdleMakers(AtomicLong made, long least) {
    while (made.get() < least || makers().anyMatch(maker -> !IDLE.contains(maker.getState()))) {
      Thread.onSpinWait();
    }
  }

  private static Stream<Thread> makers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("batches-"));
  }

  @Test
  void keepsTheOrderWhenALaterBatchIsReadyFirst() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    BatchSource source =
        step -> {
          if (step == 1) {
            second.countDown();
          } else if (step == 0 && Runtime.getRuntime().availableProcessors() > 1) {
            await(second);
          }
          return numbered(step);
        };
    try (Prefetcher batches = new Prefetcher(source, 0, 2)) {
      assertThat(batches.next().longs("step")).containsExactly(0);
      assertThat(batches.next().longs("step")).containsExactly(1);
    }
  }

  @Test
  void closingEndsAMakerThatWaits() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    BatchSource source =
        step -> {
          begun.countDown();
          await(never);
          return numbered(step);
        };
    Prefetcher batches = new Prefetcher(source, 0, 1);
    begun.await();
    batches.close();
    assertThat(makers()).noneMatch(Thread::isAlive);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void saysWhichBatchFailedEachTimeItIsAsked() throws Exception {
    BatchSource source =
        step -> {
          if (step == 1) {
            throw new InvalidDataException("no such picture");
          }
          return numbered(step);
        };
    try (Prefetcher batches = new Prefetcher(source, 0, 4)) {
      batches.next();
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(batches::next)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("step 1")
            .hasRootCauseMessage("no such picture");
      }
    }
  }
}
