package org.omnimamba.training.tower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConceptAccuracyTest {
  private static final ConceptAccuracy ACCURACY =
      new ConceptAccuracy(
          List.of(
              new float[] {9, 1}, new float[] {1, -0.1f}, new float[] {0, 2}, new float[] {-3, 0}),
          List.of("east", "east", "north", "west"));

  @Test
  void countsPicturesThatAreNearestToTheirConcept() {
    List<float[]> pictures =
        List.of(new float[] {5, 1}, new float[] {0.1f, 0.2f}, new float[] {-1, -1});
    assertThat(ACCURACY.of(pictures, List.of("east", "north", "west"), 1)).isEqualTo(1);
    assertThat(ACCURACY.of(pictures, List.of("north", "north", "west"), 1)).isEqualTo(2.0 / 3);
    assertThat(ACCURACY.of(pictures, List.of("north", "north", "west"), 2)).isEqualTo(1);
  }

  @Test
  void missesConceptsThatTrainingDoesNotKnow() {
    assertThat(ACCURACY.of(List.of(new float[] {1, 0}), List.of("south"), 3)).isZero();
  }
}
