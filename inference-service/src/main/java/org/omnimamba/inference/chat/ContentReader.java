package org.omnimamba.inference.chat;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.ApiException;
import org.omnimamba.inference.chat.Conversation.Picture;
import tools.jackson.databind.JsonNode;

/** Reads a message's content: a string, or a list of text and picture parts. */
final class ContentReader {
  private static final Set<String> TEXT_FIELDS = Set.of("type", "text");
  private static final Set<String> PICTURE_FIELDS = Set.of("type", "image_url");
  private static final Set<String> ADDRESS_FIELDS = Set.of("url", "detail");
  private static final Set<String> DETAILS = Set.of("auto", "low", "high");

  private final long maxPictureBytes;

  ContentReader(long maxPictureBytes) {
    this.maxPictureBytes = maxPictureBytes;
  }

  /**
   * What one message holds.
   *
   * @param text all text parts, a line break between two of them
   */
  record Content(String text, @Nullable Picture picture) {}

  Content read(String param, @Nullable JsonNode content) {
    if (content == null || content.isNull()) {
      throw ApiException.invalid(
          param,
          "missing_required_parameter",
          "Missing required parameter: '%s'.".formatted(param));
    }
    if (content.isString()) {
      return new Content(content.stringValue(), null);
    }
    if (!content.isArray()) {
      throw ApiException.invalid(
          param, "invalid_type", "'%s' must be a string or an array.".formatted(param));
    }
    StringBuilder text = new StringBuilder();
    Picture picture = null;
    for (int i = 0; i < content.size(); i++) {
      String part = "%s[%d]".formatted(param, i);
      JsonNode node = content.get(i);
      String type = string(part + ".type", node.path("type"));
      switch (type) {
        case "text" -> {
          refuseOthers(part, node, TEXT_FIELDS);
          text.append(text.isEmpty() ? "" : "\n");
          text.append(string(part + ".text", node.path("text")));
        }
        case "image_url" -> {
          refuseOthers(part, node, PICTURE_FIELDS);
          if (picture != null) {
            throw ApiException.invalid(
                part + ".image_url",
                "too_many_images",
                "A conversation may hold one picture; '%s' is a second one."
                    .formatted(part + ".image_url"));
          }
          picture = picture(part + ".image_url", node.path("image_url"));
        }
        default ->
            throw ApiException.invalidValue(
                part + ".type", "A part's type must be 'text' or 'image_url'.");
      }
    }
    return new Content(text.toString(), picture);
  }

  private Picture picture(String param, JsonNode node) {
    if (node.isString()) {
      // as some clients send it
      return new Picture(param, DataUri.decode(param, node.stringValue(), maxPictureBytes));
    }
    if (!node.isObject()) {
      throw ApiException.invalid(
          param, "invalid_type", "'%s' must be an object with a 'url'.".formatted(param));
    }
    refuseOthers(param, node, ADDRESS_FIELDS);
    JsonNode detail = node.path("detail");
    if (!detail.isMissingNode()
        && !detail.isNull()
        && !DETAILS.contains(string(param + ".detail", detail))) {
      throw ApiException.invalidValue(
          param + ".detail", "'detail' must be 'auto', 'low' or 'high'; all mean the same here.");
    }
    String url = param + ".url";
    return new Picture(url, DataUri.decode(url, string(url, node.path("url")), maxPictureBytes));
  }

  private static void refuseOthers(String param, JsonNode node, Set<String> known) {
    node.properties()
        .forEach(
            field -> {
              if (!known.contains(field.getKey()) && !field.getValue().isNull()) {
                throw ApiException.unsupportedParameter(param + "." + field.getKey());
              }
            });
  }

  private static String string(String param, JsonNode node) {
    if (!node.isString()) {
      throw ApiException.invalid(param, "invalid_type", "'%s' must be a string.".formatted(param));
    }
    return node.stringValue();
  }
}
