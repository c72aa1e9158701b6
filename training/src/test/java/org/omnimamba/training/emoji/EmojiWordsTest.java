package org.omnimamba.training.emoji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.text.Turn;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.labelled.PictureLabels;
import org.omnimamba.training.icons.ConceptNames;

/** Names, captions and questions. */
class EmojiWordsTest {
  private static final Picture APPLE = picture("red apple", "food fruit");
  private static final List<Picture> ALL =
      List.of(APPLE, picture("pear", "food fruit"), picture("car", "transport ground"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flag: São Tomé & Príncipe | flag of sao tome and principe",
        "man: red hair | man with red hair",
        "person walking: facing right | person walking facing right",
        "family: man, woman, girl | family man woman girl",
        "one o’clock | one o'clock",
        "AB button (blood type) | ab button blood type",
        "Japanese “here” button | japanese here button",
        "keycap: # | keycap #",
        "UP! button | up! button"
      })
  void labelsBecomePlainNames(String label, String name) {
    assertThat(ConceptNames.name(label)).isEqualTo(name);
  }

  @Test
  void namesAreComparedByLettersAndDigits() {
    assertThat(ConceptNames.key("flag-for-flag-curaçao"))
        .isEqualTo(ConceptNames.key("flag: Curaçao"))
        .isEqualTo("flagcuracao");
  }

  @ParameterizedTest
  @CsvSource({
    "red apple,a red apple",
    "eye,an eye",
    "unicorn,a unicorn",
    "flag of chad,the flag of chad",
    "grapes,grapes",
    "wine glass,a wine glass",
    "one o'clock,one o'clock",
    "keycap 1,keycap 1"
  })
  void namesTakeTheirArticle(String name, String withArticle) {
    assertThat(Captions.withArticle(name)).isEqualTo(withArticle);
  }

  @Test
  void captionsVaryNameTheConceptAndMostlyTheStyle() {
    Set<String> captions = new HashSet<>();
    int styled = 0;
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1000; i++) {
      String caption = Captions.caption(APPLE, random);
      captions.add(caption);
      assertThat(caption.toLowerCase(java.util.Locale.ROOT))
          .contains("red apple")
          .doesNotContain("{");
      styled += caption.toLowerCase(java.util.Locale.ROOT).contains("noto") ? 1 : 0;
    }
    assertThat(captions).hasSizeGreaterThan(15).contains(APPLE.canonicalCaption());
    assertThat(styled).isBetween(700, 900);
  }

  @Test
  void theSameRandomNumbersGiveTheSameWords() {
    Questions questions = new Questions(ALL);
    for (int seed = 0; seed < 50; seed++) {
      assertThat(Captions.caption(APPLE, new SplittableRandom(seed)))
          .isEqualTo(Captions.caption(APPLE, new SplittableRandom(seed)));
      assertThat(questions.conversation(APPLE, new SplittableRandom(seed)))
          .isEqualTo(questions.conversation(APPLE, new SplittableRandom(seed)));
    }
  }

  @Test
  void answersAreTrueAndYesIsAsFrequentAsNo() {
    Questions questions = new Questions(ALL);
    Map<String, Integer> answers = new HashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 6000; i++) {
      List<Turn> turns = questions.conversation(APPLE, random);
      assertThat(turns.size()).isBetween(2, 6).isEven();
      for (int turn = 0; turn < turns.size(); turn += 2) {
        String question = turns.get(turn).text();
        String answer = turns.get(turn + 1).text();
        answers.merge(answer, 1, Integer::sum);
        if (answer.equals("yes") || answer.equals("no")) {
          assertThat(question.contains("red apple")).as(question).isEqualTo(answer.equals("yes"));
        } else {
          assertThat(answer).isIn("red apple", "food and drink", "noto", APPLE.canonicalCaption());
        }
      }
    }
    double yes = answers.getOrDefault("yes", 0);
    assertThat(yes / (yes + answers.getOrDefault("no", 0))).isCloseTo(0.5, within(0.05));
  }

  @Test
  void whatPointsSomewhereMayNotBeMirrored() {
    assertThat(EmojiExamples.mayMirror(APPLE)).isTrue();
    assertThat(EmojiExamples.mayMirror(picture("backhand index pointing left", "hand"))).isFalse();
    assertThat(EmojiExamples.mayMirror(picture("one o'clock", "time"))).isFalse();
  }

  @Test
  void labelsAreNumberedAsTheyCome() {
    PictureLabels labels = new PictureLabels(ALL);
    assertThat(labels.concepts()).isEqualTo(3);
    assertThat(labels.styles()).isEqualTo(1);
    assertThat(ALL).extracting(labels::concept).containsExactly(0, 1, 2);
  }

  private static Picture picture(String name, String subgroup) {
    return new Picture(
        0, Picture.Split.TRAIN, name, name, List.of("tag"), "food and drink", subgroup, "noto");
  }
}
