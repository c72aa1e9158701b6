package org.omnimamba.training.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.Sprite;
import org.omnimamba.training.scenes.sprites.TinySprites;

/** What a scene says is true of its pixels. */
class SceneTruthTest {
  private static final int SIZE = 128;
  private static final int SCENES = 150;

  private final SceneComposer composer = new SceneComposer(SIZE);

  @ParameterizedTest
  @EnumSource(Kind.class)
  void objectsLieWithinThePictureAndApart(Kind kind) {
    for (Scene scene : scenes(kind, 0.5)) {
      List<SceneObject> objects = scene.objects();
      for (int i = 0; i < objects.size(); i++) {
        SceneObject object = objects.get(i);
        assertThat(object.centreX() - object.width() / 2).isGreaterThan(0);
        assertThat(object.centreX() + object.width() / 2).isLessThan(1);
        assertThat(object.centreY() - object.height() / 2).isGreaterThan(0);
        assertThat(object.centreY() + object.height() / 2).isLessThan(1);
        for (SceneObject other : objects.subList(0, i)) {
          boolean apart =
              Math.abs(object.centreX() - other.centreX()) > (object.width() + other.width()) / 2
                  || Math.abs(object.centreY() - other.centreY())
                      > (object.height() + other.height()) / 2;
          assertThat(apart).isTrue();
        }
      }
    }
  }

  @Test
  void kindsHaveTheirNumbers() {
    Set<Integer> counts = new HashSet<>();
    for (Kind kind : Kind.values()) {
      for (Scene scene : scenes(kind, 0)) {
        Set<String> names = new HashSet<>();
        scene.objects().forEach(object -> names.add(object.name()));
        int count = scene.objects().size();
        assertThat(names).hasSize(kind == Kind.COUNT ? 1 : count);
        counts.add(kind.ordinal() * 10 + count);
      }
    }
    assertThat(counts).containsExactlyInAnyOrder(1, 12, 13, 14, 22, 33, 34);
  }

  @Test
  void theGroundHasItsColourAndObjectsHaveTheirs() {
    int painted = 0;
    for (Kind kind : Kind.values()) {
      for (Scene scene : scenes(kind, 0)) {
        byte[] rgb = composer.compose(scene);
        assertThat(NamedColour.of(at(rgb, 0, 0))).isEqualTo(scene.ground().colour());
        for (SceneObject object : scene.objects()) {
          painted += object.painted() ? 1 : 0;
          if (object.colour() != null) {
            assertThat(object.colour()).isNotEqualTo(scene.ground().colour());
            assertThat(mostFrequent(rgb, object, scene)).isEqualTo(object.colour());
          } else {
            // a thin shape is as much ink as colour
            assertThat(object.sprite().label().style()).isEqualTo("inked");
          }
        }
      }
    }
    assertThat(painted).as("painted objects").isGreaterThan(100);
  }

  @Test
  void aPaintedSpriteHasTheColourThatWasAskedForOrIsNotPainted() {
    SplittableRandom random = new SplittableRandom(4);
    int painted = 0;
    for (Sprite sprite : TinySprites.set().all()) {
      for (NamedColour colour : NamedColour.values()) {
        Sprite other = SpritePainter.painted(sprite, colour, random);
        if (other != null) {
          painted++;
          assertThat(other.colour()).isEqualTo(colour);
          assertThat(other.argb()).isNotEqualTo(sprite.argb());
        }
      }
    }
    assertThat(painted).isGreaterThan(90);
  }

  @Test
  void anotherHandHasNoStyleAndSomeDifferentPixels() {
    int changed = 0;
    for (Scene scene : scenes(Kind.SINGLE, 1)) {
      assertThat(scene.style()).isNull();
      Sprite seen = scene.first().sprite();
      boolean same =
          TinySprites.set().all().stream()
              .anyMatch(each -> java.util.Arrays.equals(each.argb(), seen.argb()));
      changed += same ? 0 : 1;
    }
    assertThat(changed).isGreaterThan(SCENES * 9 / 10);
  }

  @Test
  void aSceneIsAFunctionOfItsRandomNumbers() {
    ScenePlanner planner = new ScenePlanner(TinySprites.set(), 0.5);
    for (int seed = 0; seed < 40; seed++) {
      byte[] first = composer.compose(planner.plan(new SplittableRandom(seed).split()));
      byte[] again = composer.compose(planner.plan(new SplittableRandom(seed).split()));
      assertThat(again).isEqualTo(first);
    }
  }

  @Test
  void aPairIsReadFromTheLeftOrFromTheTop() {
    int beside = 0;
    for (Scene scene : scenes(Kind.PAIR, 0)) {
      SceneObject first = scene.objects().get(0);
      SceneObject second = scene.objects().get(1);
      if (scene.sideBySide()) {
        beside++;
        assertThat(first.centreX()).isLessThan(second.centreX());
      } else {
        assertThat(first.centreY()).isLessThan(second.centreY());
      }
    }
    assertThat(beside).isBetween(SCENES / 3, SCENES * 2 / 3);
  }

  private static List<Scene> scenes(Kind kind, double altered) {
    ScenePlanner planner = new ScenePlanner(TinySprites.set(), altered);
    SplittableRandom random = new SplittableRandom(11);
    return java.util.stream.IntStream.range(0, SCENES)
        .mapToObj(i -> planner.plan(kind, random))
        .toList();
  }

  private static int at(byte[] rgb, int x, int y) {
    int at = 3 * (y * SIZE + x);
    return (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | rgb[at + 2] & 255;
  }

  private static NamedColour mostFrequent(byte[] rgb, SceneObject object, Scene scene) {
    int[] counts = new int[NamedColour.values().length];
    int left = (int) Math.ceil((object.centreX() - object.width() / 2) * SIZE);
    int top = (int) Math.ceil((object.centreY() - object.height() / 2) * SIZE);
    for (int y = top; y < top + object.height() * SIZE - 1; y++) {
      for (int x = left; x < left + object.width() * SIZE - 1; x++) {
        NamedColour colour = NamedColour.of(at(rgb, x, y));
        if (colour != null && colour != scene.ground().colour()) {
          counts[colour.ordinal()]++;
        }
      }
    }
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return NamedColour.values()[best];
  }
}
