package org.omnimamba.inference.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final long GB = 1L << 30;

  @Test
  void halfTheProcessorsWorkOnPicturesIfTheHeapHoldsTheirs() {
    assertThat(Workers.threads(null, 1, 8 * GB)).isEqualTo(2);
    assertThat(Workers.threads(null, 16, 32 * GB)).isEqualTo(8);
    assertThat(Workers.threads(null, 16, 4 * GB)).isEqualTo(4);
    assertThat(Workers.threads(null, 16, GB / 2)).isEqualTo(2);
    assertThat(Workers.threads(5, 16, GB / 2)).isEqualTo(5);
  }
}
