package org.omnimamba.evaluation.score;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** MMMU's reading of open answers: what follows "is", "so", "=" and the like, and the numbers. */
final class OpenAnswer {
  private static final Pattern SENTENCES = Pattern.compile("\\.\\s(?=[A-Z])|\\n");
  private static final List<String> INDICATORS =
      List.of("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ");
  private static final Set<String> MARKS = Set.of(":", ",", ".", "!", "?", ";", "'");

  private static final Pattern NUMBER =
      Pattern.compile(
          "-?\\b\\d{1,3}(?:,\\d{3})+\\b"
              + "|-?\\d+(?:\\.\\d+)?[eE][+-]?\\d+"
              + "|-?(?:\\d+\\.\\d+|\\.\\d+|\\d+\\b)(?![eE][+-]?\\d+)(?![,\\d])");

  /** Beyond this no double is finite, and a number is taken for text. */
  private static final int MOST_DIGITS = 300;

  private OpenAnswer() {}

  /** The parts of an answer that may be the right one, normalised. */
  static List<String> parts(String answer) {
    List<String> keys = keys(answer);
    List<String> parts = new ArrayList<>(keys);
    for (String key : keys) {
      Matcher numbers = NUMBER.matcher(key);
      while (numbers.find()) {
        parts.add(numbers.group());
      }
    }
    Set<String> normalised = new LinkedHashSet<>();
    parts.forEach(part -> normalised.addAll(normalised(part)));
    return List.copyOf(normalised);
  }

  /** Whether a part is a right number or holds a right text. */
  static boolean matches(List<String> parts, List<String> right) {
    for (String answer : right) {
      for (String wanted : normalised(answer)) {
        boolean number = isNumber(wanted);
        if (parts.stream()
            .anyMatch(
                part -> number || isNumber(part) ? part.equals(wanted) : part.contains(wanted))) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> keys(String answer) {
    String text = answer.strip();
    while (text.startsWith(".") || text.endsWith(".")) {
      text = text.startsWith(".") ? text.substring(1) : text.substring(0, text.length() - 1);
    }
    text = text.toLowerCase(Locale.ROOT);
    String[] sentences = SENTENCES.split(text);
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < sentences.length; i++) {
      List<String> indicators = new ArrayList<>(INDICATORS);
      if (i == sentences.length - 1) {
        indicators.add("=");
      }
      String shortest = null;
      for (String indicator : indicators) {
        int at = sentences[i].lastIndexOf(indicator);
        if (at >= 0) {
          String rest = sentences[i].substring(at + indicator.length()).strip();
          if (shortest == null || shortest.isEmpty() || rest.length() < shortest.length()) {
            shortest = rest;
          }
        }
      }
      if (shortest != null && !shortest.isEmpty() && !MARKS.contains(shortest)) {
        keys.add(shortest);
      }
    }
    return keys.isEmpty() ? List.of(text) : keys;
  }

  /** Numbers are rounded to two places; a single letter must have a space beside it. */
  private static List<String> normalised(String text) {
    String plain = text.strip();
    if (isNumber(plain)) {
      BigDecimal value = new BigDecimal(plain.replace(",", ""));
      return List.of(
          value.setScale(2, RoundingMode.HALF_EVEN).stripTrailingZeros().toPlainString());
    }
    String lower = plain.toLowerCase(Locale.ROOT);
    return lower.length() == 1 ? List.of(" " + lower, lower + " ") : List.of(lower);
  }

  private static boolean isNumber(String text) {
    try {
      BigDecimal value = new BigDecimal(text.replace(",", ""));
      // a model may write 1e999999999, which written out would fill the memory
      return Math.abs((long) value.precision() - value.scale()) <= MOST_DIGITS;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
