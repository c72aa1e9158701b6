package org.omnimamba.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class GalleryTest {
  @Test
  void findsTheNearestInTheirOrder() {
    Gallery gallery =
        new Gallery(
            List.of(
                new float[] {0, 0, 0, 0, 9},
                new float[] {0, 0, 0, 0, 1},
                new float[] {0, 0, 0, 0, 4},
                new float[] {0, 0, 0, 0, -1}));
    List<int[]> nearest = gallery.nearest(List.of(new float[5], new float[] {0, 0, 0, 0, 8}), 3);
    // of the two at distance 1, the first
    assertThat(nearest.get(0)).containsExactly(1, 3, 2);
    assertThat(nearest.get(1)).containsExactly(0, 2, 1);
  }

  @Test
  void givesAllWhereThereAreFewer() {
    Gallery gallery = new Gallery(List.of(new float[] {1}, new float[] {3}));
    assertThat(gallery.nearest(List.of(new float[] {4}), 5).get(0)).containsExactly(1, 0);
  }

  @Test
  void refusesVectorsOfAnotherLength() {
    Gallery gallery = new Gallery(List.of(new float[2]));
    assertThatThrownBy(() -> gallery.nearest(List.of(new float[3]), 1))
        .hasMessageContaining("vectors of 3 and 2 values");
  }

  @Test
  void normalisesButNotZero() {
    assertThat(Gallery.normalised(new float[] {3, 4})).containsExactly(0.6f, 0.8f);
    assertThat(Gallery.normalised(new float[2])).containsExactly(0, 0);
    assertThat(Gallery.normalised(new float[] {5})[0]).isCloseTo(1, within(1e-6f));
  }
}
