package org.omnimamba.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PrefetcherTest {
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
    CountDownLatch full = new CountDownLatch(4);
    BatchSource source =
        step -> {
          made.incrementAndGet();
          full.countDown();
          return numbered(step);
        };
    try (Prefetcher batches = new Prefetcher(source, 0, 3)) {
      full.await();
      batches.next();
    }
    // the one taken, three in the queue, one in the maker's hands
    assertThat(made.get()).isBetween(4L, 5L);
  }

  @Test
  void closesWhileAMakerWaitsForRoom() {
    Prefetcher batches = new Prefetcher(PrefetcherTest::numbered, 0, 1);
    batches.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("batches") && thread.isAlive());
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
