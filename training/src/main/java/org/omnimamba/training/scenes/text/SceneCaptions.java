package org.omnimamba.training.scenes.text;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.SceneObject;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.SpriteStyle;

/**
 * What a person might ask for, or say, where a scene is the right picture. Everything that is said
 * is true of the scene, and what a picture could not be guessed without (the colour of a painted
 * object, a ground that is not white) is mostly said, and always that it is to have no colours.
 */
public final class SceneCaptions {
  private static final List<String> OPENINGS =
      List.of(
          "draw ",
          "draw me ",
          "please draw ",
          "can you draw ",
          "picture of ",
          "a picture of ",
          "an image of ",
          "show me ",
          "paint ",
          "paint me ",
          "make a picture of ",
          "create an image of ",
          "generate a picture of ",
          "i want ",
          "an emoji of ",
          "a drawing of ",
          "there is ");
  private static final List<String> GROUNDS =
      List.of(
          " on a {g} background",
          " on a {g} background",
          " on {g}",
          ", {g} background",
          " on a {g} ground",
          " against a {g} background",
          " in front of a {g} background",
          " with a {g} background");
  private static final List<String> STYLES =
      List.of(
          ", {s} style",
          ", {s} style",
          ", {s} style",
          " in {s} style",
          " in the style of {s}",
          ", {s}");
  private static final List<String> BESIDE =
      List.of(
          "{a} to the left of {b}",
          "{a} left of {b}",
          "{a} on the left and {b} on the right",
          "{a} on the left, {b} on the right",
          "{b} to the right of {a}",
          "{b} right of {a}",
          "{b} on the right and {a} on the left");
  private static final List<String> STACKED =
      List.of(
          "{a} above {b}",
          "{a} over {b}",
          "{a} at the top and {b} at the bottom",
          "{b} below {a}",
          "{b} under {a}",
          "{b} beneath {a}");
  private static final List<String> TOGETHER =
      List.of("{a} and {b}", "{b} and {a}", "{a} with {b}", "{a} next to {b}");

  private static final double OPENING = 0.4;
  private static final double BARE = 0.3;
  private static final double STYLE = 0.45;
  private static final double WHITE_SAID = 0.15;
  private static final double COLOURED_SAID = 0.9;
  private static final double PLACE_SAID = 0.8;
  private static final double CAPITAL = 0.15;
  private static final double STOP = 0.05;

  private SceneCaptions() {}

  /** A caption of a scene; the same random numbers give the same one. */
  public static String caption(Scene scene, RandomGenerator random) {
    boolean opened = random.nextDouble() < OPENING;
    boolean bare = !opened && random.nextDouble() < BARE;
    StringBuilder text = new StringBuilder(opened ? Phrases.pick(OPENINGS, random) : "");
    text.append(subject(scene, bare, random));
    String ground = saidGround(scene, random);
    String style = saidStyle(scene, random);
    // either may come first
    if (random.nextBoolean()) {
      text.append(ground).append(style);
    } else {
      text.append(style).append(ground);
    }
    if (random.nextDouble() < STOP) {
      text.append('.');
    }
    String caption = text.toString();
    return random.nextDouble() < CAPITAL ? Phrases.capitalised(caption) : caption;
  }

  private static String subject(Scene scene, boolean bare, RandomGenerator random) {
    return switch (scene.kind()) {
      case SINGLE -> named(scene.first(), bare, random);
      case COUNT -> Phrases.counted(scene, true, random);
      case PAIR -> {
        String first = named(scene.objects().get(0), bare, random);
        String second = named(scene.objects().get(1), bare, random);
        boolean placed = random.nextDouble() < PLACE_SAID;
        List<String> templates = placed ? (scene.sideBySide() ? BESIDE : STACKED) : TOGETHER;
        yield Phrases.pick(templates, random).replace("{a}", first).replace("{b}", second);
      }
      case SEVERAL ->
          Phrases.list(
              scene.objects().stream().map(object -> named(object, bare, random)).toList());
    };
  }

  private static String named(SceneObject object, boolean bare, RandomGenerator random) {
    String noun = Phrases.noun(object, true, random);
    return bare ? noun : Phrases.withArticle(object, noun);
  }

  private static String saidGround(Scene scene, RandomGenerator random) {
    @Nullable NamedColour colour = scene.ground().colour();
    double said = colour == NamedColour.WHITE ? WHITE_SAID : COLOURED_SAID;
    if (random.nextDouble() >= said || colour == null) {
      return "";
    }
    String words = Phrases.pick(GROUNDS, random).replace("{g}", colour.word());
    return words.replace(" a orange ", " an orange ");
  }

  private static String saidStyle(Scene scene, RandomGenerator random) {
    boolean said = random.nextDouble() < STYLE;
    @Nullable String style = scene.style();
    return style == null || !(said || SpriteStyle.isColourless(style))
        ? ""
        : Phrases.pick(STYLES, random).replace("{s}", style);
  }
}
