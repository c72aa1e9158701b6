package org.omnimamba.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class SlotPoolTest {
  private final SlotPool slots = new SlotPool(2);

  @Test
  void theLowestFreeSlotIsTakenFirst() {
    assertThat(slots.take()).isZero();
    assertThat(slots.take()).isEqualTo(1);
    assertThat(slots.hasFree()).isFalse();
    slots.give(0);
    assertThat(slots.inUse()).isEqualTo(1);
    assertThat(slots.take()).isZero();
  }

  @Test
  void mistakesAreNotHidden() {
    slots.take();
    slots.take();
    assertThatIllegalStateException().isThrownBy(slots::take);
    slots.give(1);
    assertThatIllegalStateException().isThrownBy(() -> slots.give(1));
  }
}
