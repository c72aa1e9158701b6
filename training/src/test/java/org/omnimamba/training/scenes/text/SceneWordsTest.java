package org.omnimamba.training.scenes.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.SceneObject;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.sprites.TinySprites;
import org.omnimamba.training.scenes.text.SceneQuestions.Asked;
import org.omnimamba.training.scenes.text.SceneQuestions.Topic;

/** What is said and answered about a scene is true of it. */
class SceneWordsTest {
  private static final int SCENES = 400;

  private final ScenePlanner planner = new ScenePlanner(TinySprites.set(), 0.2);
  private final SceneQuestions questions = new SceneQuestions(TinySprites.set());
  private final SplittableRandom random = new SplittableRandom(5);

  @Test
  void captionsNameEveryObjectPaintedColoursNumbersAndPlaces() {
    Set<String> captions = new HashSet<>();
    for (int i = 0; i < SCENES; i++) {
      Scene scene = planner.plan(random);
      String caption = SceneCaptions.caption(scene, random);
      String words = " " + caption.toLowerCase(Locale.ROOT).replaceAll("[,.]", " ") + " ";
      captions.add(caption);
      for (SceneObject object : scene.objects()) {
        assertThat(words).containsPattern(object.name() + "|round thing");
        if (object.painted()) {
          assertThat(words).contains(Objects.requireNonNull(object.colour()).word());
        }
      }
      if (scene.kind() == Kind.COUNT) {
        int count = scene.objects().size();
        assertThat(words).containsPattern(" (" + Phrases.number(count) + "|" + count + ") ");
      }
      if (scene.kind() == Kind.PAIR) {
        assertPlaces(words, scene);
      }
    }
    assertThat(captions).hasSizeGreaterThan(SCENES * 9 / 10);
  }

  private static void assertPlaces(String words, Scene scene) {
    int first = position(words, scene.objects().get(0));
    int second = position(words, scene.objects().get(1));
    String between = words.substring(Math.min(first, second), Math.max(first, second));
    boolean inOrder = first < second;
    if (between.matches("(?s).* (left of|above|over) .*")) {
      assertThat(inOrder).as(words).isTrue();
    }
    if (between.matches("(?s).* (right of|below|under|beneath) .*")) {
      assertThat(inOrder).as(words).isFalse();
    }
    if (between.matches("(?s).* on the left .*|.* at the top .*")) {
      assertThat(inOrder).as(words).isTrue();
    }
  }

  private static int position(String words, SceneObject object) {
    int named = words.indexOf(" " + object.name() + " ");
    return named >= 0 ? named : words.indexOf(" round thing ");
  }

  @Test
  void answersAreTrueAndYesIsAsFrequentAsNo() {
    Map<Topic, Integer> topics = new EnumMap<>(Topic.class);
    int yes = 0;
    for (int i = 0; i < 4 * SCENES; i++) {
      Scene scene = planner.plan(random);
      Asked asked = questions.question(scene, random);
      topics.merge(asked.topic(), 1, Integer::sum);
      List<String> names = scene.objects().stream().map(SceneObject::name).toList();
      switch (asked.topic()) {
        case COUNT -> {
          if (asked.answer().equals("none")) {
            assertThat(names).noneMatch(name -> asked.question().contains(name));
          } else {
            int all = scene.objects().size();
            assertThat(asked.answer())
                .isIn(Phrases.number(all), Phrases.number(scene.kind() == Kind.COUNT ? all : 1));
          }
        }
        case COLOUR ->
            assertThat(scene.objects())
                .anyMatch(
                    each ->
                        each.colour() != null
                            && each.colour().word().equals(asked.answer())
                            && asked.question().contains(each.name()));
        case GROUND ->
            assertThat(asked.answer())
                .isEqualTo(Objects.requireNonNull(scene.ground().colour()).word());
        case EXISTENCE -> {
          yes += asked.answer().equals("yes") ? 1 : 0;
          boolean named = names.stream().anyMatch(name -> asked.question().contains(name));
          if (asked.answer().equals("yes")) {
            assertThat(named).isTrue();
          } else if (named) {
            // another colour was asked for
            assertThat(scene.objects())
                .noneMatch(
                    each ->
                        each.colour() != null
                            && asked.question().contains(each.colour().word() + " " + each.name()));
          }
        }
        case PLACE -> assertThat(names).anyMatch(name -> asked.answer().contains(name));
        case STYLE -> assertThat(asked.answer()).isEqualTo(scene.style());
        case WHAT, DESCRIBE -> assertThat(names).allMatch(name -> asked.answer().contains(name));
      }
    }
    assertThat(topics).hasSize(Topic.values().length);
    assertThat(yes / (double) topics.get(Topic.EXISTENCE)).isBetween(0.4, 0.6);
  }

  @Test
  void onlyWhoAsksForNoColoursIsShownNone() {
    for (int i = 0; i < SCENES; i++) {
      Scene scene = planner.plan(random);
      Scene stencil = new Scene(scene.kind(), scene.ground(), "stencil", scene.objects());
      assertThat(SceneCaptions.caption(stencil, random)).containsIgnoringCase("stencil");
    }
  }

  @Test
  void theSameNumbersGiveTheSameWords() {
    Scene scene = planner.plan(random);
    assertThat(SceneCaptions.caption(scene, new SplittableRandom(8)))
        .isEqualTo(SceneCaptions.caption(scene, new SplittableRandom(8)));
    assertThat(questions.question(scene, new SplittableRandom(8)))
        .isEqualTo(questions.question(scene, new SplittableRandom(8)));
  }
}
