package org.omnimamba.jobs.response;

import static org.omnimamba.jobs.response.RefusedResponseException.invalid;
import static org.omnimamba.jobs.response.RefusedResponseException.type;
import static org.omnimamba.jobs.response.RefusedResponseException.unsupported;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads the {@code input} of a response into items in their long form. */
final class InputItems {
  /** As many as a chat may have messages. */
  private static final int MAX_ITEMS = 64;

  private static final Set<String> ROLES = Set.of("user", "assistant", "system", "developer");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ArrayNode items = NODES.arrayNode();
  private boolean picture;

  private InputItems() {}

  /**
   * Reads an input.
   *
   * @throws RefusedResponseException naming the item that is wrong
   */
  static InputItems read(JsonNode input) {
    InputItems read = new InputItems();
    if (input.isString()) {
      read.message("user").add(read.text("input_text", input.stringValue()));
      return read;
    }
    if (!input.isArray()) {
      throw type("input", "a string or an array of items");
    }
    if (input.isEmpty()) {
      throw new RefusedResponseException("input", "empty_array", "'input' must not be empty.");
    }
    if (input.size() > MAX_ITEMS) {
      throw new RefusedResponseException(
          "input", "array_too_long", "There are more than " + MAX_ITEMS + " items in 'input'.");
    }
    for (int i = 0; i < input.size(); i++) {
      read.item("input[" + i + "]", input.get(i));
    }
    return read;
  }

  ArrayNode items() {
    return items;
  }

  /** Whether a message of the user holds a picture. */
  boolean hasPicture() {
    return picture;
  }

  private void item(String param, JsonNode item) {
    if (!item.isObject()) {
      throw type(param, "an object");
    }
    String kind = item.path("type").asString("message");
    if (kind.equals(Conversation.PICTURE)) {
      if (!item.path("result").isString()) {
        throw type(param + ".result", "the picture in base64");
      }
      items
          .addObject()
          .put("type", kind)
          .put("status", "completed")
          .put("result", item.path("result").stringValue());
      return;
    }
    if (!kind.equals("message")) {
      throw unsupported(
          param + ".type",
          " Items are messages, and pictures that were drawn before; not '" + kind + "'.");
    }
    String role = item.path("role").asString("");
    if (!ROLES.contains(role)) {
      throw invalid(param + ".role", "'role' must be user, assistant, system or developer.");
    }
    content(param + ".content", item.path("content"), role);
  }

  private void content(String param, JsonNode content, String role) {
    ArrayNode parts = message(role);
    String kind = role.equals("assistant") ? "output_text" : "input_text";
    if (content.isString()) {
      parts.add(text(kind, content.stringValue()));
      return;
    }
    if (!content.isArray() || content.isEmpty()) {
      throw type(param, "a string or an array of parts");
    }
    for (int i = 0; i < content.size(); i++) {
      parts.add(part(param + "[" + i + "]", content.get(i), role, kind));
    }
  }

  private ObjectNode part(String param, JsonNode part, String role, String textKind) {
    String kind = part.path("type").asString("");
    switch (kind) {
      case "input_text", "output_text" -> {
        if (!part.path("text").isString()) {
          throw type(param + ".text", "a string");
        }
        return text(textKind, part.path("text").stringValue());
      }
      case "input_image" -> {
        if (!role.equals("user")) {
          throw invalid(param, "Only messages of the user may hold a picture.");
        }
        if (part.hasNonNull("file_id")) {
          throw unsupported(param + ".file_id", " Send the picture as a data URI in 'image_url'.");
        }
        if (!part.path("image_url").isString()) {
          throw type(param + ".image_url", "a data URI");
        }
        picture = true;
        return NODES
            .objectNode()
            .put("type", kind)
            .put("image_url", part.path("image_url").stringValue())
            .put("detail", part.path("detail").asString("auto"));
      }
      default ->
          throw unsupported(
              param + ".type",
              " Parts are input_text, output_text and input_image; not '" + kind + "'.");
    }
  }

  private ArrayNode message(String role) {
    ObjectNode item = items.addObject();
    item.put("type", "message").put("status", "completed").put("role", role);
    return item.putArray("content");
  }

  private ObjectNode text(String kind, String text) {
    ObjectNode part = NODES.objectNode().put("type", kind).put("text", text);
    if (kind.equals("output_text")) {
      part.putArray("annotations");
    }
    return part;
  }
}
