package org.omnimamba.jobs.response;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns the items of a conversation into the messages of a chat.
 *
 * <p>Messages of the same role that follow each other become one. A picture that the model drew
 * becomes the picture of the next question, in place of the exchange in which it was drawn: the
 * chat knows pictures of its user only.
 */
final class Conversation {
  static final String PICTURE = "image_generation_call";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ArrayNode messages = NODES.arrayNode();
  private @Nullable String drawn;

  private Conversation() {}

  static ArrayNode messages(@Nullable String instructions, ArrayNode items) {
    Conversation conversation = new Conversation();
    if (instructions != null && !instructions.isEmpty()) {
      ArrayNode content = NODES.arrayNode().add(text(instructions));
      conversation.add("system", content);
    }
    items.forEach(conversation::item);
    return conversation.messages;
  }

  /** The text of the last message of the user, of which a picture is drawn. */
  static String prompt(ArrayNode items) {
    String prompt = "";
    for (JsonNode item : items) {
      if (item.path("role").asString("").equals("user")) {
        StringBuilder text = new StringBuilder();
        for (JsonNode part : item.path("content")) {
          String more = part.path("text").asString("");
          text.append(text.isEmpty() || more.isEmpty() ? "" : "\n").append(more);
        }
        prompt = text.toString();
      }
    }
    if (prompt.isBlank()) {
      throw new RefusedResponseException(
          "input", "empty_prompt", "The input has no text of the user to draw from.");
    }
    return prompt;
  }

  private void item(JsonNode item) {
    if (item.path("type").asString("").equals(PICTURE)) {
      if (!messages.isEmpty() && role(messages.size() - 1).equals("user")) {
        messages.remove(messages.size() - 1);
      }
      // inference-service tells the format by the bytes
      drawn = "data:;base64," + item.path("result").asString("");
      return;
    }
    String role = item.path("role").asString("");
    ArrayNode content = NODES.arrayNode();
    if (role.equals("user") && drawn != null) {
      content.add(picture(drawn));
      drawn = null;
    }
    for (JsonNode part : item.path("content")) {
      content.add(
          part.has("image_url")
              ? picture(part.path("image_url").asString(""))
              : text(part.path("text").asString("")));
    }
    add(role, content);
  }

  private void add(String role, ArrayNode content) {
    int last = messages.size() - 1;
    if (last >= 0 && role(last).equals(role)) {
      ((ArrayNode) messages.get(last).path("content")).addAll(content);
    } else {
      ObjectNode message = messages.addObject();
      message.put("role", role);
      message.set("content", content);
    }
  }

  private String role(int index) {
    return messages.get(index).path("role").asString("");
  }

  private static ObjectNode text(String text) {
    return NODES.objectNode().put("type", "text").put("text", text);
  }

  private static ObjectNode picture(String uri) {
    ObjectNode part = NODES.objectNode().put("type", "image_url");
    part.putObject("image_url").put("url", uri);
    return part;
  }
}
