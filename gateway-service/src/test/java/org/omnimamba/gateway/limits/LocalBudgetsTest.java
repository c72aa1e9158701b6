package org.omnimamba.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalBudgetsTest {
  private final AtomicLong now = new AtomicLong(1);
  private final LocalBudgets budgets =
      new LocalBudgets(
          new TimeMeter() {
            @Override
            public long currentTimeNanos() {
              return now.get();
            }

            @Override
            public boolean isWallClockBased() {
              return false;
            }
          });
  private final Budget budget = new Budget("t", 60);

  private Grant take(long amount) {
    return budgets.take(budget, amount).block();
  }

  @Test
  void saysTrulyWhenToComeBack() {
    assertThat(take(60).granted()).isTrue();
    Grant refused = take(5);
    assertThat(refused.granted()).isFalse();
    assertThat(refused.remaining()).isZero();
    assertThat(refused.nanosUntilGranted()).isEqualTo(TimeUnit.SECONDS.toNanos(5));

    now.addAndGet(refused.nanosUntilGranted() - 1);
    assertThat(take(5).granted()).isFalse();
    now.addAndGet(1);
    assertThat(take(5).granted()).isTrue();
  }

  @Test
  void givesBackWhatWasNotUsed() {
    Grant grant = take(60);
    grant.settlement().settle(25).block();
    assertThat(take(25).granted()).isTrue();
    assertThat(take(1).granted()).isFalse();
  }

  @Test
  void takesWhatWasUsedBeyond() {
    Grant grant = take(10);
    grant.settlement().settle(-20).block();
    assertThat(take(30).granted()).isTrue();
    assertThat(take(1).granted()).isFalse();
  }

  @Test
  void neverHoldsMoreThanItsSize() {
    take(1).settlement().settle(1000).block();
    assertThat(take(60).granted()).isTrue();
    assertThat(take(1).granted()).isFalse();
  }

  @Test
  void grantsTheWholeBudgetToARequestAboveIt() {
    assertThat(take(1_000_000).granted()).isTrue();
    assertThat(take(1).granted()).isFalse();
  }

  @Test
  void saysHowMuchItTookOfARequestAboveIt() {
    // A share of the tenant's budget, as while Redis is down: only that much may go back.
    Budget share = budget.scaled(0.5);
    Grant grant = budgets.take(share, 60).block();
    assertThat(grant.taken()).isEqualTo(30);
    assertThat(grant.limit()).isEqualTo(30);
    grant.settlement().settle(grant.taken() - 10).block();
    assertThat(budgets.take(share, 20).block().granted()).isTrue();
    assertThat(budgets.take(share, 1).block().granted()).isFalse();
  }
}
