package org.omnimamba.training.icons;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Articles and plurals of concept names, as a person would say them. */
public final class Nouns {
  private static final Pattern NO_ARTICLE =
      Pattern.compile(
          "(\\d|keycap|men |women"
              + " |(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\\b|japanese .*"
              + " button).*|.*[^su]s|money.*|.*"
              + " (hair|rice|money|corn|fries|footwear)|rice|snow|fog|bread|fire|.*(facing"
              + " right|holding hands)");

  /** What is several or a mass as a whole, whatever its head is. */
  private static final Pattern MANY = Pattern.compile("(men|women|people|money) .*|.*facing right");

  /** Where a name's head ends: "cloud with rain" is said as "clouds with rain". */
  private static final Pattern HEAD =
      Pattern.compile("(.+?)( (?:with|of|in|on|at|behind|over|and|without|from|to) .*)");

  private static final Map<String, String> IRREGULAR =
      Map.ofEntries(
          Map.entry("man", "men"),
          Map.entry("woman", "women"),
          Map.entry("person", "people"),
          Map.entry("child", "children"),
          Map.entry("mouse", "mice"),
          Map.entry("wolf", "wolves"),
          Map.entry("leaf", "leaves"),
          Map.entry("knife", "knives"),
          Map.entry("scarf", "scarves"),
          Map.entry("fish", "fish"),
          Map.entry("sheep", "sheep"),
          Map.entry("deer", "deer"),
          Map.entry("bison", "bison"),
          Map.entry("foot", "feet"),
          Map.entry("tooth", "teeth"),
          Map.entry("goose", "geese"),
          Map.entry("ox", "oxen"),
          Map.entry("calf", "calves"));

  private Nouns() {}

  /** Whether one says "a" before the name and can count it: not "grapes", not "rice". */
  public static boolean isCountable(String name) {
    Matcher head = HEAD.matcher(name);
    String counted = head.matches() ? head.group(1) : name;
    return !name.startsWith("flag of ")
        && !NO_ARTICLE.matcher(counted).matches()
        && !MANY.matcher(name).matches();
  }

  /** "a red apple", "an eye", "the flag of chad", but "grapes". */
  public static String withArticle(String name) {
    if (name.startsWith("flag of ")) {
      return "the " + name;
    }
    return isCountable(name) ? article(name) + " " + name : name;
  }

  /** "a" or "an", by the first letter of what follows. */
  public static String article(String words) {
    return "aeiou".indexOf(words.charAt(0)) >= 0 && !words.startsWith("uni") ? "an" : "a";
  }

  /** "red apples", "mice", "clouds with rain"; a name that is not countable stays as it is. */
  public static String plural(String name) {
    if (!isCountable(name)) {
      return name;
    }
    Matcher head = HEAD.matcher(name);
    if (head.matches()) {
      return lastWordPlural(head.group(1)) + head.group(2);
    }
    return lastWordPlural(name);
  }

  private static String lastWordPlural(String words) {
    int space = words.lastIndexOf(' ') + 1;
    String last = words.substring(space);
    return words.substring(0, space) + IRREGULAR.getOrDefault(last, regular(last));
  }

  private static String regular(String word) {
    if (word.matches(".*(s|x|z|ch|sh)|potato|tomato|mango|volcano")) {
      return word + "es";
    }
    if (word.matches(".*[^aeiou]y")) {
      return word.substring(0, word.length() - 1) + "ies";
    }
    return word + "s";
  }
}
