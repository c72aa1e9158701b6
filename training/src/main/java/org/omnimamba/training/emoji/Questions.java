package org.omnimamba.training.emoji;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.omnimamba.model.text.Turn;
import org.omnimamba.training.data.Picture;

/**
 * Questions about emoji with their answers: what it is, which group, which style, whether it shows
 * something. "Yes" and "no" are equally frequent, and half of the wrong names come from the
 * picture's own kind.
 */
public final class Questions {
  /** The question of the evaluation. */
  public static final String WHAT = "what is this?";

  private static final List<String> WHAT_ELSE =
      List.of(
          "What is this?",
          "what is it?",
          "What is it?",
          "what does the picture show?",
          "What does this picture show?",
          "what do you see?",
          "name this emoji",
          "which emoji is this?");
  private static final List<String> GROUP =
      List.of("which group?", "which group is it from?", "What group does it belong to?");
  private static final List<String> STYLE =
      List.of("which style?", "which style is this?", "What style is it drawn in?");
  private static final List<String> SHOWS =
      List.of("does it show {a}?", "is this {a}?", "Is it {a}?", "does the picture show {a}?");
  private static final List<String> DESCRIBE =
      List.of("describe it", "Describe the picture.", "describe this emoji");

  private static final double SINGLE = 0.75;
  private static final double WHAT_SHARE = 0.6;
  private static final double PLAIN_WHAT = 0.5;
  private static final int MOST_TURNS = 3;

  private final List<String> names;
  private final Map<String, List<String>> namesByKind = new LinkedHashMap<>();

  /**
   * @param pictures all that is trained on; wrong names are drawn from them
   */
  public Questions(List<Picture> pictures) {
    Map<String, String> kinds = new LinkedHashMap<>();
    pictures.forEach(picture -> kinds.put(picture.name(), picture.subgroup()));
    names = List.copyOf(kinds.keySet());
    kinds.forEach(
        (name, kind) -> namesByKind.computeIfAbsent(kind, key -> new ArrayList<>()).add(name));
  }

  /**
   * A conversation about one picture: mostly one question, seldom up to three. The same random
   * numbers give the same one.
   *
   * @return user and assistant by turns, ending with an answer
   */
  public List<Turn> conversation(Picture picture, RandomGenerator random) {
    int questions = random.nextDouble() < SINGLE ? 1 : 2 + random.nextInt(MOST_TURNS - 1);
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < questions; i++) {
      turns.addAll(question(picture, random));
    }
    return turns;
  }

  private List<Turn> question(Picture picture, RandomGenerator random) {
    if (random.nextDouble() < WHAT_SHARE) {
      String what = random.nextDouble() < PLAIN_WHAT ? WHAT : pick(WHAT_ELSE, random);
      return turns(what, picture.name());
    }
    return switch (random.nextInt(5)) {
      case 0 -> turns(pick(GROUP, random), picture.group());
      case 1 -> turns(pick(STYLE, random), picture.style());
      case 2 -> turns(pick(DESCRIBE, random), picture.canonicalCaption());
      default -> shows(picture, random);
    };
  }

  private List<Turn> shows(Picture picture, RandomGenerator random) {
    boolean yes = random.nextBoolean();
    String name = yes ? picture.name() : otherName(picture, random);
    String question = pick(SHOWS, random).replace("{a}", Captions.withArticle(name));
    return turns(question, yes ? "yes" : "no");
  }

  private String otherName(Picture picture, RandomGenerator random) {
    List<String> kin = namesByKind.getOrDefault(picture.subgroup(), List.of());
    List<String> from = random.nextBoolean() && kin.size() > 1 ? kin : names;
    String name = pick(from, random);
    while (name.equals(picture.name()) && from.size() > 1) {
      name = pick(from, random);
    }
    return name;
  }

  private static List<Turn> turns(String question, String answer) {
    return List.of(Turn.user(question), Turn.assistant(answer));
  }

  private static String pick(List<String> from, RandomGenerator random) {
    return from.get(random.nextInt(from.size()));
  }
}
