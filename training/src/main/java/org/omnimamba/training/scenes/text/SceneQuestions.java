package org.omnimamba.training.scenes.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.text.Turn;
import org.omnimamba.training.icons.Nouns;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.SceneObject;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.SpriteLabel;
import org.omnimamba.training.scenes.sprites.SpriteSet;

/**
 * Questions about scenes with their answers. "Yes" and "no" are equally frequent; half of what is
 * not there is of the same kind as what is.
 */
public final class SceneQuestions {
  /** What can be asked. */
  public enum Topic {
    /** What is it? */
    WHAT,
    /** How many are there? */
    COUNT,
    /** Which colour has an object? */
    COLOUR,
    /** Which colour has the ground? */
    GROUND,
    /** What is beside, above or below something? */
    PLACE,
    /** Is there something? */
    EXISTENCE,
    /** Which style? */
    STYLE,
    /** All of it in a sentence. */
    DESCRIBE
  }

  /**
   * A question and its answer.
   *
   * @param topic what it is about
   */
  public record Asked(Topic topic, String question, String answer) {
    /** As a conversation. */
    public List<Turn> turns() {
      return List.of(Turn.user(question), Turn.assistant(answer));
    }
  }

  private static final List<String> WHAT =
      List.of(
          "what is this?",
          "what is this?",
          "what is this?",
          "What is this?",
          "what is it?",
          "what do you see?",
          "What do you see?",
          "what does the picture show?",
          "what is in this picture?",
          "What's in the image?",
          "name it");
  private static final List<String> HOW_MANY =
      List.of(
          "how many {p} are there?",
          "How many {p} are there?",
          "how many {p} do you see?",
          "how many {p}?",
          "count the {p}");
  private static final List<String> HOW_MANY_THINGS =
      List.of("how many objects are there?", "how many things do you see?", "How many objects?");
  private static final List<String> COLOUR =
      List.of(
          "which colour is the {n}?",
          "what colour is the {n}?",
          "What color is the {n}?",
          "which color does the {n} have?",
          "what is the colour of the {n}?");
  private static final List<String> COLOURS =
      List.of("which colour are the {p}?", "what colour are the {p}?", "What color are the {p}?");
  private static final List<String> GROUND =
      List.of(
          "what colour is the background?",
          "which colour is the background?",
          "What color is the background?",
          "what is the background colour?",
          "which colour does the ground have?");
  private static final List<String> EXISTENCE =
      List.of(
          "is there {a}?",
          "is there {a}?",
          "Is there {a}?",
          "is there {a} in the picture?",
          "Is there {a} in the image?",
          "do you see {a}?",
          "can you see {a}?",
          "does the picture show {a}?");
  private static final List<String> STYLE =
      List.of(
          "which style?",
          "which style is this?",
          "What style is it drawn in?",
          "in which style is it?");
  private static final List<String> DESCRIBE =
      List.of(
          "describe it",
          "describe the picture",
          "Describe the picture.",
          "Describe this image.",
          "what can you tell me about the picture?");

  private static final double OTHER_COLOUR = 0.25;
  private static final double NONE_OF_THEM = 0.12;
  private static final int ATTEMPTS = 20;

  private final List<String> names;
  private final Map<String, List<String>> namesByKind = new LinkedHashMap<>();

  /**
   * @param sprites whose names are asked for where they are not
   */
  public SceneQuestions(SpriteSet sprites) {
    Set<String> all = new LinkedHashSet<>();
    Map<String, Set<String>> byKind = new LinkedHashMap<>();
    for (SpriteLabel label : sprites.all().stream().map(sprite -> sprite.label()).toList()) {
      all.add(label.name());
      byKind.computeIfAbsent(label.subgroup(), kind -> new LinkedHashSet<>()).add(label.name());
    }
    names = List.copyOf(all);
    byKind.forEach((kind, some) -> namesByKind.put(kind, List.copyOf(some)));
  }

  /** A question that the scene has an answer to; the same random numbers give the same one. */
  public Asked question(Scene scene, RandomGenerator random) {
    double draw = random.nextDouble();
    Topic topic =
        draw < 0.34
            ? Topic.WHAT
            : draw < 0.46
                ? Topic.COUNT
                : draw < 0.58
                    ? Topic.COLOUR
                    : draw < 0.64
                        ? Topic.GROUND
                        : draw < 0.74
                            ? Topic.PLACE
                            : draw < 0.9
                                ? Topic.EXISTENCE
                                : draw < 0.94 ? Topic.STYLE : Topic.DESCRIBE;
    Asked asked = question(topic, scene, random);
    return asked != null ? asked : what(scene, random);
  }

  /** A question about one topic, or null if the scene has no certain answer to any. */
  public @Nullable Asked question(Topic topic, Scene scene, RandomGenerator random) {
    return switch (topic) {
      case WHAT -> what(scene, random);
      case COUNT -> count(scene, random);
      case COLOUR -> colour(scene, random);
      case GROUND -> {
        NamedColour colour = scene.ground().colour();
        yield colour == null ? null : asked(topic, GROUND, "", colour.word(), random);
      }
      case PLACE -> scene.kind() == Kind.PAIR ? place(scene, random) : null;
      case EXISTENCE -> exists(scene, random.nextBoolean(), random);
      case STYLE -> scene.style() == null ? null : asked(topic, STYLE, "", scene.style(), random);
      case DESCRIBE -> asked(topic, DESCRIBE, "", description(scene), random);
    };
  }

  private static Asked what(Scene scene, RandomGenerator random) {
    return asked(Topic.WHAT, WHAT, "", Phrases.names(scene), random);
  }

  private Asked count(Scene scene, RandomGenerator random) {
    SceneObject object = Phrases.pick(scene.objects(), random);
    int same =
        (int) scene.objects().stream().filter(each -> each.name().equals(object.name())).count();
    if (random.nextDouble() < NONE_OF_THEM) {
      String absent = absent(scene, random);
      if (Nouns.isCountable(absent)) {
        return asked(Topic.COUNT, HOW_MANY, absent, "none", random);
      }
    }
    boolean things = random.nextInt(3) == 0 || !Nouns.isCountable(object.name());
    int count = things ? scene.objects().size() : same;
    return asked(
        Topic.COUNT,
        things ? HOW_MANY_THINGS : HOW_MANY,
        object.name(),
        Phrases.number(count),
        random);
  }

  private static @Nullable Asked colour(Scene scene, RandomGenerator random) {
    List<SceneObject> coloured =
        scene.objects().stream().filter(each -> each.colour() != null).toList();
    if (coloured.isEmpty()) {
      return null;
    }
    SceneObject object = Phrases.pick(coloured, random);
    NamedColour colour = object.colour();
    List<String> templates = scene.kind() == Kind.COUNT ? COLOURS : COLOUR;
    return colour == null
        ? null
        : asked(Topic.COLOUR, templates, object.name(), colour.word(), random);
  }

  private static Asked place(Scene scene, RandomGenerator random) {
    String first = scene.objects().get(0).name();
    String second = scene.objects().get(1).name();
    String towardsFirst = scene.sideBySide() ? "left of" : "above";
    String towardsSecond = scene.sideBySide() ? "right of" : "below";
    return switch (random.nextInt(4)) {
      case 0 -> new Asked(Topic.PLACE, what(towardsFirst, second, random), first);
      case 1 -> new Asked(Topic.PLACE, what(towardsSecond, first, random), second);
      case 2 ->
          new Asked(Topic.PLACE, "where is the " + first + "?", towardsFirst + " the " + second);
      default ->
          new Asked(Topic.PLACE, "where is the " + second + "?", towardsSecond + " the " + first);
    };
  }

  private static String what(String relation, String name, RandomGenerator random) {
    boolean longer = relation.endsWith(" of") && random.nextBoolean();
    String question = "what is " + (longer ? "to the " : "") + relation + " the " + name + "?";
    return random.nextInt(4) == 0 ? Phrases.capitalised(question) : question;
  }

  /**
   * A question whether something is there.
   *
   * @param yes what the answer is to be
   */
  public Asked exists(Scene scene, boolean yes, RandomGenerator random) {
    SceneObject object = Phrases.pick(scene.objects(), random);
    NamedColour colour = object.colour();
    boolean ofColour = colour != null && random.nextDouble() < OTHER_COLOUR;
    String noun;
    if (ofColour && scene.kind() != Kind.SEVERAL && !object.name().contains(" with ")) {
      noun = (yes ? word(colour) : otherColour(scene, random)) + " " + object.name();
    } else {
      noun = yes ? object.name() : absent(scene, random);
    }
    String words = Nouns.isCountable(noun) ? Nouns.article(noun) + " " + noun : noun;
    String question = Phrases.pick(EXISTENCE, random).replace("{a}", words);
    return new Asked(Topic.EXISTENCE, question, yes ? "yes" : "no");
  }

  private static String word(@Nullable NamedColour colour) {
    return colour == null ? "" : colour.word();
  }

  /** A colour that no object has. */
  private static String otherColour(Scene scene, RandomGenerator random) {
    NamedColour[] colours = NamedColour.values();
    while (true) {
      NamedColour colour = colours[random.nextInt(colours.length)];
      if (scene.objects().stream().noneMatch(each -> each.colour() == colour)
          && scene.ground().colour() != colour) {
        return colour.word();
      }
    }
  }

  /** The name of something that is not in the scene and shares no word with what is. */
  private String absent(Scene scene, RandomGenerator random) {
    SceneObject object = Phrases.pick(scene.objects(), random);
    List<String> kin = namesByKind.getOrDefault(object.sprite().label().subgroup(), List.of());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<String> from = attempt < 4 && random.nextBoolean() ? kin : names;
      String name = from.isEmpty() ? "" : Phrases.pick(from, random);
      if (!name.isEmpty()
          && scene.objects().stream()
              .noneMatch(each -> ScenePlanner.sharesWord(each.name(), name))) {
        return name;
      }
    }
    return "unknown thing";
  }

  /** All that is certain, in one wording. */
  static String description(Scene scene) {
    List<String> parts =
        scene.objects().stream()
            .map(
                object ->
                    scene.kind() == Kind.COUNT
                        ? coloured(object) + Nouns.plural(object.name())
                        : Phrases.withArticle(object, coloured(object) + object.name()))
            .toList();
    String subject =
        switch (scene.kind()) {
          case SINGLE -> parts.get(0);
          case COUNT -> Phrases.number(scene.objects().size()) + " " + parts.get(0);
          case PAIR ->
              parts.get(0) + (scene.sideBySide() ? " to the left of " : " above ") + parts.get(1);
          case SEVERAL -> Phrases.list(parts);
        };
    NamedColour ground = scene.ground().colour();
    List<String> sentence = new ArrayList<>(List.of(subject));
    if (ground != null) {
      sentence.add("on a " + ground.word() + " background");
    }
    return String.join(" ", sentence).replace(" a orange ", " an orange ");
  }

  private static String coloured(SceneObject object) {
    NamedColour colour = object.colour();
    return colour == null || object.name().contains(colour.word()) ? "" : colour.word() + " ";
  }

  private static Asked asked(
      Topic topic, List<String> templates, String name, String answer, RandomGenerator random) {
    String question =
        Phrases.pick(templates, random).replace("{n}", name).replace("{p}", Nouns.plural(name));
    return new Asked(topic, question, answer);
  }
}
