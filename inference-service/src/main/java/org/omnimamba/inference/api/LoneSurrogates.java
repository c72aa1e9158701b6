package org.omnimamba.inference.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.json.UnicodeText;
import tools.jackson.databind.JsonNode;

/**
 * Finds text that is no text: with an escape JSON can write half of a surrogate pair, which stands
 * for no character. Each part of the service would replace it in its own way, so one request would
 * be read as two different prompts.
 */
final class LoneSurrogates {
  private LoneSurrogates() {}

  /**
   * Refuses a document that holds such a text.
   *
   * @throws ApiException naming the member
   */
  static void refuse(JsonNode document) {
    String path = find(document);
    if (path != null) {
      String param = path.startsWith(".") ? path.substring(1) : path;
      throw ApiException.invalidValue(
          param, "'%s' holds half a surrogate pair, which is no character.".formatted(param));
    }
  }

  /** The path from a node to the first such text in it; null if there is none. */
  private static @Nullable String find(JsonNode node) {
    if (node.isString()) {
      return UnicodeText.isWellFormed(node.stringValue()) ? null : "";
    }
    if (node.isArray()) {
      for (int index = 0; index < node.size(); index++) {
        String path = find(node.get(index));
        if (path != null) {
          return "[" + index + "]" + path;
        }
      }
    }
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String path = find(member.getValue());
      if (path != null) {
        return "." + member.getKey() + path;
      }
    }
    return null;
  }
}
