package org.omnimamba.jobs.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;

class TenantSharesTest {
  private final TenantShares shares = new TenantShares(8, "requests");
  private final Deque<Runnable> places = new ArrayDeque<>();

  @Test
  void aTenantHoldsNoMoreThanAreFreeSoThatOthersFindRoom() {
    assertThat(taken("greedy", 8)).isEqualTo(4);
    assertThat(taken("second", 8)).isEqualTo(2);
    assertThat(taken("third", 8)).isEqualTo(1);
    assertThat(taken("fourth", 8)).isEqualTo(1);
    assertRefused("fifth", ProblemType.UNAVAILABLE);
    assertRefused("greedy", ProblemType.UNAVAILABLE);
  }

  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    assertThat(taken("a", 4)).isEqualTo(4);
    assertRefused("a", ProblemType.TOO_MANY_OPEN);
    places.pop().run();
    assertThat(taken("a", 1)).isEqualTo(1);
    while (!places.isEmpty()) {
      places.pop().run();
    }
    assertThat(taken("b", 8)).isEqualTo(4);
  }

  /** How many places the tenant gets out of so many tries. */
  private int taken(String tenant, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      try {
        places.push(shares.acquire(tenant));
        taken++;
      } catch (Problem refused) {
        assertThat(refused.headers().getFirst("Retry-After")).isEqualTo("5");
      }
    }
    return taken;
  }

  private void assertRefused(String tenant, ProblemType type) {
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> shares.acquire(tenant))
        .matches(refused -> refused.type() == type);
  }
}
