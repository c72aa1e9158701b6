package org.omnimamba.training.emoji;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.omnimamba.training.data.Picture;

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

  private static final Pattern NO_ARTICLE =
      Pattern.compile(
          "(\\d|keycap|men |women"
              + " |(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\\b|japanese .*"
              + " button).*|.*[^su]s|money.*|.*"
              + " (hair|rice|money|corn|fries|footwear)|rice|snow|fog|bread|fire|.*(facing"
              + " right|holding hands)");

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
    if (name.startsWith("flag of ")) {
      return "the " + name;
    }
    if (NO_ARTICLE.matcher(name).matches()) {
      return name;
    }
    return ("aeiou".indexOf(name.charAt(0)) >= 0 && !name.startsWith("uni") ? "an " : "a ") + name;
  }

  private static String capitalised(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
