package org.omnimamba.training.icons;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes plain names of emojibase's labels: lower case, ASCII, no colons, commas or brackets. */
public final class ConceptNames {
  private static final Pattern MARKS = Pattern.compile("\\p{M}");
  private static final Pattern PERSON_WITH =
      Pattern.compile("(person|man|woman): ((?:blond|red|curly|white) hair|beard)");
  private static final Pattern NOT_PLAIN = Pattern.compile("[^a-z0-9'.!#*-]+");
  private static final Pattern NOT_KEY = Pattern.compile("[^a-z0-9]+");
  private static final Pattern FLAG_FOR = Pattern.compile("^flagfor(flag)?");

  private ConceptNames() {}

  /**
   * A label as it is used in captions: {@code "flag: São Tomé & Príncipe"} becomes {@code "flag of
   * sao tome and principe"}, {@code "man: red hair"} becomes {@code "man with red hair"}.
   */
  public static String name(String label) {
    String plain =
        ascii(label)
            .replace('\u2019', '\'')
            .replace("&", "and")
            .replaceFirst("^flag: ", "flag of ");
    plain = PERSON_WITH.matcher(plain).replaceFirst("$1 with $2");
    return NOT_PLAIN.matcher(plain).replaceAll(" ").strip();
  }

  /**
   * What names are compared by: letters and digits alone, so that {@code flag-for-canada}, {@code
   * flag: Canada} and {@code flag_canada} are one.
   */
  public static String key(String name) {
    String key = NOT_KEY.matcher(ascii(name)).replaceAll("");
    return FLAG_FOR.matcher(key).replaceFirst("flag");
  }

  private static String ascii(String text) {
    return MARKS
        .matcher(Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD))
        .replaceAll("");
  }
}
