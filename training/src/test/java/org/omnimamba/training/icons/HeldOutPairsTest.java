package org.omnimamba.training.icons;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.omnimamba.training.icons.HeldOutPairs.Pair;

class HeldOutPairsTest {
  private static final int CONCEPTS = 200;

  @Test
  void holdsOutTheShareAndLeavesTwoStyles() {
    List<Pair> pairs = pairs(5);
    Set<Pair> heldOut = HeldOutPairs.choose(pairs, 0.1);
    assertThat(heldOut).hasSize(CONCEPTS / 2);
    for (int concept = 0; concept < CONCEPTS; concept++) {
      String name = "c" + concept;
      assertThat(heldOut)
          .filteredOn(pair -> pair.concept().equals(name))
          .hasSizeLessThanOrEqualTo(3);
    }
    assertThat(heldOut.stream().map(Pair::style).distinct()).hasSize(5);
  }

  @Test
  void theOrderOfThePairsDoesNotMatter() {
    List<Pair> shuffled = new ArrayList<>(pairs(4));
    Collections.shuffle(shuffled, new Random(1));
    assertThat(HeldOutPairs.choose(shuffled, 0.1)).isEqualTo(HeldOutPairs.choose(pairs(4), 0.1));
  }

  @Test
  void aConceptOfTwoStylesKeepsBoth() {
    assertThat(HeldOutPairs.choose(pairs(2), 0.1)).isEmpty();
  }

  private static List<Pair> pairs(int styles) {
    List<Pair> pairs = new ArrayList<>();
    for (int concept = 0; concept < CONCEPTS; concept++) {
      for (int style = 0; style < styles; style++) {
        pairs.add(new Pair("c" + concept, "s" + style));
      }
    }
    return pairs;
  }
}
