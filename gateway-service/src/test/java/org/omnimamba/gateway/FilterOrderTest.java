package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FilterOrderTest {
  @Test
  void theListIsInTheOrderOfTheFilters() {
    assertThat(Arrays.stream(FilterOrder.values()).map(FilterOrder::order))
        .isSorted()
        .doesNotHaveDuplicates();
  }
}
