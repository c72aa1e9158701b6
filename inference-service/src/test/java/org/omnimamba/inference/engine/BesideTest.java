package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.Beside.Kind;

class BesideTest {
  private final List<String> log = new CopyOnWriteArrayList<>();

  private void call(Beside beside, Kind kind, String name) {
    beside.call(kind, () -> log.add(name), outcome -> log.add(name + " done"));
  }

  @Test
  void withoutASecondThreadACallRunsAtOnce() {
    Beside beside = new Beside(System::nanoTime, () -> {});
    call(beside, Kind.TOWERS, "a");
    assertThat(log).containsExactly("a", "a done");
    assertThat(beside.busy()).isFalse();
    assertThat(beside.finish()).isFalse();
    beside.close();
  }

  @Test
  void kindsTakeTurnsAndResultsWaitForTheirThread() {
    AtomicLong now = new AtomicLong();
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (Beside beside = new Beside(now::get, () -> {})) {
      beside.start();
      beside.call(
          Kind.PIXELS,
          () -> {
            begun.countDown();
            await().until(() -> release.getCount() == 0);
            return log.add("p1");
          },
          outcome -> log.add("p1 done"));
      await().until(() -> begun.getCount() == 0);
      call(beside, Kind.PIXELS, "p2");
      call(beside, Kind.PIXELS, "p3");
      call(beside, Kind.TOWERS, "t1");
      call(beside, Kind.TOWERS, "t2");
      now.set(100);
      assertThat(beside.longerThan(50)).isTrue();
      assertThat(beside.longerThan(150)).isFalse();
      assertThat(beside.busy()).isTrue();
      release.countDown();
      await().until(() -> log.size() == 5);
      assertThat(log).containsExactly("p1", "t1", "p2", "t2", "p3");
      await()
          .until(
              () -> {
                beside.finish();
                return log.size() == 10;
              });
      assertThat(log.subList(5, 10))
          .containsExactly("p1 done", "t1 done", "p2 done", "t2 done", "p3 done");
      assertThat(beside.busy()).isFalse();
      assertThat(beside.longerThan(0)).isFalse();
    }
  }

  @Test
  void whatHasNotBegunWhenItIsClosedDoesNotBegin() {
    CountDownLatch begun = new CountDownLatch(1);
    Beside beside = new Beside(System::nanoTime, () -> {});
    beside.start();
    Thread closing = new Thread(beside::close);
    beside.call(
        Kind.TOWERS,
        () -> {
          begun.countDown();
          await().until(() -> closing.getState() == Thread.State.WAITING);
          return log.add("a");
        },
        outcome -> {});
    await().until(() -> begun.getCount() == 0);
    call(beside, Kind.TOWERS, "b");
    closing.start();
    await().until(() -> !closing.isAlive());
    assertThat(log).containsExactly("a");
  }
}
