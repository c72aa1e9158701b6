package org.omnimamba.model.runtime.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BucketsTest {
  @Test
  void batchesArePaddedToPowersOfTwo() {
    assertThat(Buckets.batch(1)).isEqualTo(1);
    assertThat(Buckets.batch(3)).isEqualTo(4);
    assertThat(Buckets.batch(32)).isEqualTo(32);
    assertThat(Buckets.batch(33)).isEqualTo(64);
  }

  @Test
  void batchesWithCheapRowsHaveFewSizes() {
    TreeSet<Integer> buckets = new TreeSet<>();
    for (int size = 1; size <= 128; size++) {
      int bucket = Buckets.sparseBatch(size);
      buckets.add(bucket);
      assertThat(bucket).isGreaterThanOrEqualTo(size);
    }
    assertThat(buckets).containsExactly(1, 8, 16, 32, 64, 128);
  }

  @Test
  void textsHaveFewSizes() {
    TreeSet<Integer> buckets = new TreeSet<>();
    for (int size = 1; size <= 2048; size++) {
      int bucket = Buckets.text(size);
      buckets.add(bucket);
      assertThat(bucket).isGreaterThanOrEqualTo(size);
    }
    assertThat(buckets).containsExactly(64, 256, 1024, 4096);
  }

  @Test
  void lengthsArePaddedByAThirdAtMost() {
    TreeSet<Integer> buckets = new TreeSet<>();
    for (int size = 1; size <= 2048; size++) {
      int bucket = Buckets.length(size);
      buckets.add(bucket);
      assertThat(bucket).isGreaterThanOrEqualTo(size);
      if (size > 16) {
        assertThat(3 * (bucket - size)).isLessThan(bucket);
      }
    }
    assertThat(buckets)
        .containsExactly(16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048);
  }

  @Test
  void anAcceleratorHasFewLengthsForPiecesOfPrompts() {
    TreeSet<Integer> buckets = new TreeSet<>();
    for (int size = 1; size <= 2048; size++) {
      int bucket = Buckets.acceleratedLength(size);
      buckets.add(bucket);
      assertThat(bucket).isGreaterThanOrEqualTo(size);
    }
    assertThat(buckets).containsExactly(64, 256, 384, 512, 768, 1024, 1536, 2048);
  }
}
