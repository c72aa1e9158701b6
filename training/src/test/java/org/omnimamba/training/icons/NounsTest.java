package org.omnimamba.training.icons;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NounsTest {
  @ParameterizedTest
  @CsvSource({
    "frog,frogs,a frog",
    "mouse,mice,a mouse",
    "red apple,red apples,a red apple",
    "strawberry,strawberries,a strawberry",
    "cloud with rain,clouds with rain,a cloud with rain",
    "nest with eggs,nests with eggs,a nest with eggs",
    "fox,foxes,a fox",
    "watch,watches,a watch",
    "grapes,grapes,grapes",
    "eye,eyes,an eye"
  })
  void namesAreCountedAsPeopleDo(String name, String plural, String one) {
    assertThat(Nouns.plural(name)).isEqualTo(plural);
    assertThat(Nouns.withArticle(name)).isEqualTo(one);
  }
}
