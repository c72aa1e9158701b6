package org.omnimamba.training.emoji;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.icons.Nouns;

/**
 * Captions of emoji in other words each time. Most name the style, since evaluation asks for it;
 * some leave it open.
 */
public final class Captions {
  /**
   * {@code {a}} is the name with its article where it takes one, {@code {tag}} a further word.
   * Repeated templates are drawn more often.
   */
  private static final List<String> TEMPLATES =
      List.of(
          "{name}, {style} style",
          "{name}, {style} style",
          "{name}, {style} style",
          "{name}, {style} style",
          "{name}, {style} style",
          "{a}, {style} style",
          "{a}, {style} style",
          "{a}, {style} style",
          "{name} in {style} style",
          "{a} in {style} style",
          "{a} in the style of {style}",
          "{style} style {name}",
          "{style} style emoji of {a}",
          "{style} emoji: {name}",
          "{name}, {tag}, {style} style",
          "{tag}: {name}, {style} style",
          "{name}",
          "{a}",
          "an emoji of {a}",
          "a picture of {a}");

  private static final double CAPITAL = 0.1;

  private Captions() {}

  /** A caption for one picture; the same random numbers give the same one. */
  public static String caption(Picture picture, RandomGenerator random) {
    String template = TEMPLATES.get(random.nextInt(TEMPLATES.size()));
    String tag =
        picture.tags().isEmpty()
            ? picture.subgroup()
            : picture.tags().get(random.nextInt(picture.tags().size()));
    String caption =
        template
            .replace("{name}", picture.name())
            .replace("{tag}", tag)
            .replace("{style}", picture.style());
    if (caption.contains("{a}")) {
      caption = caption.replace("{a}", withArticle(picture.name()));
    }
    return random.nextDouble() < CAPITAL ? capitalised(caption) : caption;
  }

  /** "a red apple", "an eye", "the flag of chad", but "grapes". */
  static String withArticle(String name) {
    return Nouns.withArticle(name);
  }

  private static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
