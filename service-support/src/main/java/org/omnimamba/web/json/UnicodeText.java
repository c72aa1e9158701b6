package org.omnimamba.web.json;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Finds halves of surrogate pairs: JSON can write them, UTF-8 and the database cannot. */
public final class UnicodeText {
  private UnicodeText() {}

  /** Whether each surrogate has its other half. */
  public static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /**
   * The JSON pointer, below the given one, to the first value that is not well-formed. Names of
   * members are: the parser refuses others.
   */
  public static Optional<String> malformed(JsonNode node, String pointer) {
    if (node.isString()) {
      return isWellFormed(node.stringValue()) ? Optional.empty() : Optional.of(pointer);
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        Optional<String> found = malformed(node.get(i), pointer + "/" + i);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    if (node.isObject()) {
      for (var member : node.properties()) {
        Optional<String> found =
            malformed(member.getValue(), pointer + "/" + escape(member.getKey()));
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** A member's name as a part of a JSON pointer (RFC 6901). */
  public static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
