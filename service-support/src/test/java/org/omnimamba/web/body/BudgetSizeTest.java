package org.omnimamba.web.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.omnimamba.web.settings.InvalidSettingsException;
import org.springframework.util.unit.DataSize;

class BudgetSizeTest {
  private static final long MB = 1 << 20;
  private final BudgetSize small = new BudgetSize(400 * MB, 128 * MB);

  @Test
  void byDefaultItFollowsFromTheHeap() {
    assertThat(budget(small, null, 16, 1).capacity()).isEqualTo(140 * MB);
    assertThat(budget(new BudgetSize(4000 * MB, 128 * MB), null, 16, 1).capacity())
        .isEqualTo(1400 * MB);
  }

  @Test
  void itHoldsTheLargestBodyAtLeast() {
    assertThat(budget(small, null, 32, 4).capacity()).isEqualTo(192 * MB);
  }

  @Test
  void aBodyThatDoesNotFitTheHeapIsRefusedWithWhatToSet() {
    assertThatThrownBy(() -> budget(small, null, 64, 4))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll("a.max (environment: A_MAX)", "384MB", "200MB", "-Xmx");
  }

  @Test
  void soIsOneThatDoesNotFitDirectMemory() {
    assertThatThrownBy(() -> budget(new BudgetSize(4000 * MB, 40 * MB), null, 32, 1))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll("a.max", "-XX:MaxDirectMemorySize", "40MB", "64MB");
  }

  @Test
  void soIsABudgetThatDoesNotFit() {
    assertThat(budget(small, DataSize.ofMegabytes(200), 16, 1).capacity()).isEqualTo(200 * MB);
    for (int wrong : new int[] {201, 23}) {
      assertThatThrownBy(() -> budget(small, DataSize.ofMegabytes(wrong), 16, 1))
          .isInstanceOf(InvalidSettingsException.class)
          .hasMessageContainingAll("a.memory", "24MB", "200MB");
    }
  }

  private static ByteBudget budget(BudgetSize size, DataSize configured, int maxBody, int copies) {
    return size.budget("a.memory", configured, "a.max", maxBody * MB, copies);
  }
}
