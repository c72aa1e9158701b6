package org.omnimamba.evaluation.data;

import java.util.ArrayList;
import java.util.List;

/** Lists of strings as Python prints them, in which some data sets keep their lists. */
final class PythonList {
  private final String text;
  private int at;

  private PythonList(String text) {
    this.text = text;
  }

  /**
   * The strings of a list such as {@code ['a', "it's", 'b\\n']}.
   *
   * @throws IllegalArgumentException if it is no such list
   */
  static List<String> parse(String text) {
    PythonList list = new PythonList(text.strip());
    List<String> items = new ArrayList<>();
    list.expect('[');
    list.skipSpaces();
    while (!list.isAt(']')) {
      items.add(list.item());
      list.skipSpaces();
      if (!list.isAt(']')) {
        list.expect(',');
        list.skipSpaces();
      }
    }
    list.at++;
    if (list.at != list.text.length()) {
      throw new IllegalArgumentException("text after the list");
    }
    return items;
  }

  private String item() {
    char quote = next();
    if (quote != '\'' && quote != '"') {
      throw new IllegalArgumentException("an item without quotes");
    }
    StringBuilder out = new StringBuilder();
    for (char c = next(); c != quote; c = next()) {
      out.append(c == '\\' ? escaped(next()) : String.valueOf(c));
    }
    return out.toString();
  }

  /** An escape that is none stands for itself, with its backslash. */
  private static String escaped(char c) {
    return switch (c) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case '\\', '\'', '"' -> String.valueOf(c);
      default -> "\\" + c;
    };
  }

  private char next() {
    if (at >= text.length()) {
      throw new IllegalArgumentException("the list is cut off");
    }
    return text.charAt(at++);
  }

  private void expect(char c) {
    if (next() != c) {
      throw new IllegalArgumentException("no " + c + " at place " + at);
    }
  }

  private boolean isAt(char c) {
    if (at >= text.length()) {
      throw new IllegalArgumentException("the list is cut off");
    }
    return text.charAt(at) == c;
  }

  private void skipSpaces() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }
}
