package org.omnimamba.jobs.response;

import static org.omnimamba.jobs.response.RefusedResponseException.invalid;
import static org.omnimamba.jobs.response.RefusedResponseException.type;
import static org.omnimamba.jobs.response.RefusedResponseException.unsupported;

import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The tool {@code image_generation}, the only one there is. The model does not choose tools: it
 * draws when the tool is there and the input has no picture, or when {@code tool_choice} says so.
 *
 * @param tools as given
 * @param choice as given, else {@code auto}
 * @param options members for the request to inference-service
 * @param available whether the tool is there and may be used
 * @param forced whether it must be used
 */
record DrawingTool(
    ArrayNode tools, JsonNode choice, ObjectNode options, boolean available, boolean forced) {
  private static final String NAME = "image_generation";
  private static final String PARTIAL_IMAGES = "partial_images";
  private static final int MOST_PARTIAL_IMAGES = 3;
  private static final Set<String> PASSED =
      Set.of(
          "size",
          "output_format",
          "output_compression",
          "quality",
          "background",
          "moderation",
          PARTIAL_IMAGES);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /**
   * Reads {@code tools} and {@code tool_choice}.
   *
   * @throws RefusedResponseException for any other tool, and for what this one cannot do
   */
  static DrawingTool read(JsonNode tools, JsonNode choice) {
    boolean none = tools.isMissingNode() || tools.isNull();
    if (!none && !tools.isArray()) {
      throw type("tools", "an array");
    }
    ObjectNode options = NODES.objectNode();
    ArrayNode given = none ? NODES.arrayNode() : (ArrayNode) tools;
    for (int i = 0; i < given.size(); i++) {
      String param = "tools[" + i + "]";
      String kind = given.get(i).path("type").asString("");
      if (!kind.equals(NAME)) {
        throw unsupported(
            param + ".type",
            " The only tool is " + NAME + "; this model cannot use '" + kind + "'.");
      }
      if (i > 0) {
        throw invalid(param, "The tool " + NAME + " can be given once.");
      }
      read(param, given.get(i), options);
    }
    return chosen(given, choice, options);
  }

  private static void read(String param, JsonNode tool, ObjectNode options) {
    tool.properties()
        .forEach(
            member -> {
              String name = member.getKey();
              JsonNode value = member.getValue();
              if (value.isNull() || name.equals("type") || name.equals("model")) {
                return;
              }
              if (name.equals(PARTIAL_IMAGES)) {
                checkPartialImages(param + "." + name, value);
              }
              if (PASSED.contains(name)) {
                options.set(name, value);
              } else if (!name.equals("action") || value.asString("").equals("edit")) {
                throw unsupported(param + "." + name, " Pictures are drawn from text alone.");
              }
            });
  }

  /** Here, since they are passed on only for a stream. */
  private static void checkPartialImages(String param, JsonNode value) {
    if (!value.isIntegralNumber()) {
      throw type(param, "a whole number");
    }
    if (!value.canConvertToInt()
        || value.intValue() < 0
        || value.intValue() > MOST_PARTIAL_IMAGES) {
      throw invalid(param, "'" + param + "' must be from 0 to " + MOST_PARTIAL_IMAGES + ".");
    }
  }

  private static DrawingTool chosen(ArrayNode tools, JsonNode choice, ObjectNode options) {
    if (choice.isMissingNode() || choice.isNull()) {
      return new DrawingTool(tools, StringNode.valueOf("auto"), options, !tools.isEmpty(), false);
    }
    String name = choice.isObject() ? choice.path("type").asString("") : choice.asString("");
    boolean forced =
        choice.isObject() && name.equals(NAME) || choice.isString() && name.equals("required");
    boolean known = forced || choice.isString() && Set.of("auto", "none").contains(name);
    if (!known) {
      throw unsupported(
          "tool_choice", " It is auto, none, required or {\"type\": \"" + NAME + "\"}.");
    }
    if (forced && tools.isEmpty()) {
      throw invalid("tool_choice", "'tool_choice' names a tool that is not in 'tools'.");
    }
    return new DrawingTool(
        tools, choice, options, !tools.isEmpty() && !name.equals("none"), forced);
  }

  /** Whether the answer is to be a picture. */
  boolean draws(boolean inputHasPicture) {
    if (forced && inputHasPicture) {
      throw invalid(
          "tool_choice", "Pictures are drawn from text alone, and the input has a picture.");
    }
    return available && !inputHasPicture;
  }
}
