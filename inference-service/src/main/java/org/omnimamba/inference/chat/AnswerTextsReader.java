package org.omnimamba.inference.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.api.ApiException;
import org.omnimamba.inference.chat.ChatCompletionRequest.StructuredOutputs;
import tools.jackson.databind.JsonNode;

/**
 * Reads what an answer may be: {@code response_format} in OpenAI's form, {@code structured_outputs}
 * in vLLM's.
 */
final class AnswerTextsReader {
  private static final int MOST_CHOICES = 1000;
  private static final int MOST_CHARACTERS = 65_536;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final String FORMAT = "response_format";
  private static final String CHOICE = "structured_outputs.choice";

  private AnswerTextsReader() {}

  /**
   * @return null if an answer may be any text
   * @throws ApiException naming the field that is wrong, or what of a schema is not supported
   */
  static @Nullable AnswerTexts read(ChatCompletionRequest request) {
    AnswerTexts format = format(request.responseFormat());
    AnswerTexts choice = choice(request.structuredOutputs());
    if (format != null && choice != null) {
      throw ApiException.invalidValue(
          "structured_outputs", "Only one of 'response_format' and 'structured_outputs' is taken.");
    }
    return format == null ? choice : format;
  }

  private static @Nullable AnswerTexts format(@Nullable JsonNode format) {
    if (format == null || format.isNull()) {
      return null;
    }
    if (!format.isObject()) {
      throw invalidType(FORMAT, "an object");
    }
    String type = format.path("type").asString("");
    switch (type) {
      case "text" -> {
        refuseOthers(FORMAT, format, List.of("type"));
        return null;
      }
      case "json_schema" -> {
        refuseOthers(FORMAT, format, List.of("type", "json_schema"));
        return jsonSchema(format.path("json_schema"));
      }
      default ->
          throw ApiException.invalid(
              FORMAT,
              "unsupported_parameter",
              "'response_format' must be of the type 'text' or 'json_schema'%s."
                  .formatted(type.isEmpty() ? "" : ", not '" + type + "'"));
    }
  }

  private static AnswerTexts jsonSchema(JsonNode wrapper) {
    String param = FORMAT + ".json_schema";
    if (!wrapper.isObject()) {
      throw invalidType(param, "an object");
    }
    refuseOthers(param, wrapper, List.of("name", "description", "schema", "strict"));
    JsonNode name = wrapper.path("name");
    if (!name.isString() || !NAME.matcher(name.stringValue()).matches()) {
      throw ApiException.invalidValue(
          param + ".name", "The name must have 1 to 64 of: letters, digits, '_' and '-'.");
    }
    JsonNode strict = wrapper.path("strict");
    if (!strict.isMissingNode() && !strict.isNull() && !strict.isBoolean()) {
      throw invalidType(param + ".strict", "a boolean");
    }
    String schema = param + ".schema";
    return checked(
        schema, AnswerSchema.texts(schema, wrapper.path("schema"), strict.asBoolean(false)));
  }

  private static @Nullable AnswerTexts choice(@Nullable StructuredOutputs outputs) {
    if (outputs == null) {
      return null;
    }
    outputs
        .others()
        .forEach(
            (name, value) -> {
              if (!value.isNull()) {
                throw ApiException.unsupportedParameter("structured_outputs." + name);
              }
            });
    List<@Nullable String> choices = outputs.choice();
    if (choices == null) {
      return null;
    }
    if (choices.isEmpty()) {
      throw ApiException.invalid(CHOICE, "empty_array", "There must be a choice.");
    }
    List<String> texts = new ArrayList<>();
    for (String choice : choices) {
      if (choice == null || choice.isEmpty()) {
        throw ApiException.invalidValue(CHOICE, "Each choice must be a string that is not empty.");
      }
      texts.add(choice);
    }
    return checked(CHOICE, texts);
  }

  private static AnswerTexts checked(String param, List<String> texts) {
    if (texts.size() > MOST_CHOICES) {
      throw ApiException.invalid(
          param,
          "array_too_long",
          "There are %d choices; at most %d are taken.".formatted(texts.size(), MOST_CHOICES));
    }
    long characters = texts.stream().mapToLong(String::length).sum();
    if (characters > MOST_CHARACTERS) {
      throw ApiException.invalid(
          param,
          "string_too_long",
          "The choices have %d characters together; at most %d are taken."
              .formatted(characters, MOST_CHARACTERS));
    }
    return new AnswerTexts(param, texts);
  }

  private static void refuseOthers(String param, JsonNode object, List<String> known) {
    for (String name : object.propertyNames()) {
      if (!known.contains(name) && !object.get(name).isNull()) {
        throw ApiException.unsupportedParameter(param + "." + name);
      }
    }
  }

  private static ApiException invalidType(String param, String type) {
    return ApiException.invalid(param, "invalid_type", "'%s' must be %s.".formatted(param, type));
  }
}
