package org.omnimamba.web.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private final ByteBudget budget = new ByteBudget(100);

  @Test
  void whatDoesNotFitIsRefusedAndTakesNothing() {
    ByteBudget.Lease first = budget.open();
    ByteBudget.Lease second = budget.open();
    assertThat(first.take(80)).isTrue();
    assertThatThrownBy(() -> second.take(21))
        .isInstanceOfSatisfying(
            BodyException.class,
            refused -> assertThat(refused.reason()).isEqualTo(BodyException.Reason.OVERLOADED));
    assertThat(budget.used()).isEqualTo(80);
    first.give(30);
    assertThat(second.take(21)).isTrue();
    first.close();
    second.close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void aSumBeyondLongIsRefused() {
    budget.open().take(100);
    ByteBudget.Lease lease = budget.open();
    assertThatThrownBy(() -> lease.take(Long.MAX_VALUE)).isInstanceOf(BodyException.class);
    assertThat(budget.used()).isEqualTo(100);
  }

  @Test
  void aClosedLeaseTakesAndGivesNothing() {
    ByteBudget.Lease lease = budget.open();
    lease.take(40);
    lease.close();
    lease.close();
    assertThat(lease.take(10)).isFalse();
    lease.give(40);
    assertThat(budget.used()).isZero();
  }

  @Test
  void everythingReturnsWhereverATimeoutFalls() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 2_000; round++) {
        ByteBudget.Lease lease = budget.open();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> ends = new ArrayList<>();
        for (int taker = 0; taker < 3; taker++) {
          ends.add(
              threads.submit(
                  () -> {
                    start.await();
                    for (int part = 0; part < 5; part++) {
                      lease.take(3);
                    }
                    return null;
                  }));
        }
        ends.add(
            threads.submit(
                () -> {
                  start.await();
                  lease.close();
                  return null;
                }));
        start.countDown();
        for (Future<?> end : ends) {
          end.get();
        }
        assertThat(budget.used()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
