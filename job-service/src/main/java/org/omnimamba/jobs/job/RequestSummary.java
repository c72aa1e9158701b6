package org.omnimamba.jobs.job;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** What a request asks, in one short line for people who look through many of them. */
final class RequestSummary {
  /** Characters (code points) of the longest. */
  static final int LONGEST = 200;

  private RequestSummary() {}

  /**
   * The prompt of a picture, or the text of the last question of a chat: white space and control
   * characters as single spaces, and an ellipsis where it was cut.
   *
   * @param body a request for inference-service; its shape was not judged yet
   * @return 1 to {@value #LONGEST} characters, or null when there is no text
   */
  static @Nullable String of(JsonNode body) {
    Line line = new Line();
    JsonNode prompt = body.path("prompt");
    if (prompt.isString()) {
      line.add(prompt.stringValue());
    } else {
      addContent(line, lastQuestion(body.path("messages")));
    }
    return line.text();
  }

  private static JsonNode lastQuestion(JsonNode messages) {
    for (int i = messages.size() - 1; i >= 0; i--) {
      JsonNode message = messages.path(i);
      if ("user".equals(message.path("role").asString(""))) {
        return message.path("content");
      }
    }
    return MissingNode.getInstance();
  }

  private static void addContent(Line line, JsonNode content) {
    if (content.isString()) {
      line.add(content.stringValue());
    } else if (content.isArray()) {
      content.values().stream()
          .map(part -> part.path("text"))
          .filter(JsonNode::isString)
          .forEach(text -> line.add(text.stringValue()));
    }
  }

  /** Grows to one character more than it may have, so that no text is read for nothing. */
  private static final class Line {
    private final StringBuilder kept = new StringBuilder();
    private int length;
    private boolean gap;

    void add(String text) {
      gap = true;
      for (int at = 0; at < text.length() && length <= LONGEST; ) {
        int character = text.codePointAt(at);
        at += Character.charCount(character);
        if (Character.isWhitespace(character)
            || Character.isSpaceChar(character)
            || Character.isISOControl(character)) {
          gap = true;
        } else {
          if (gap && length > 0) {
            append(' ');
          }
          gap = false;
          append(character);
        }
      }
    }

    private void append(int character) {
      kept.appendCodePoint(character);
      length++;
    }

    @Nullable String text() {
      if (length > LONGEST) {
        return kept.substring(0, kept.offsetByCodePoints(0, LONGEST - 1)).stripTrailing() + "…";
      }
      return length == 0 ? null : kept.toString();
    }
  }
}
