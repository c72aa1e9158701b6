package org.omnimamba.inference.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.omnimamba.inference.api.ApiException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON schemas whose values can be counted out: an enum of strings, a boolean, or an object
 * with one property that is one of these, which is how the clients' helpers wrap a value.
 */
final class AnswerSchema {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String SUPPORTED =
      "An enum of strings, a boolean, or an object with one such property is supported";

  /** Keywords that say nothing about which values there are. */
  private static final Set<String> NOTES =
      Set.of(
          "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "examples");

  private static final int LONGEST = 100;

  private final JsonNode root;
  private final boolean strict;

  private AnswerSchema(JsonNode root, boolean strict) {
    this.root = root;
    this.strict = strict;
  }

  /**
   * Each value of the schema as JSON without spaces.
   *
   * @param param where the schema stands, for messages
   * @param strict whether an object must forbid other properties and require its own, as OpenAI
   *     demands with {@code strict}
   * @throws ApiException if it is another schema
   */
  static List<String> texts(String param, JsonNode schema, boolean strict) {
    return new AnswerSchema(schema, strict).all(param, schema);
  }

  private List<String> all(String param, JsonNode schema) {
    JsonNode resolved = resolved(param, schema);
    return "object".equals(resolved.path("type").asString(""))
        ? object(param, resolved)
        : values(param, resolved);
  }

  private List<String> object(String param, JsonNode schema) {
    refuseOthers(param, schema, Set.of("type", "properties", "required", "additionalProperties"));
    JsonNode properties = schema.path("properties");
    if (!properties.isObject() || properties.size() != 1) {
      throw unsupported(param + ".properties", "not %d properties".formatted(properties.size()));
    }
    String name = properties.propertyNames().iterator().next();
    JsonNode required = schema.path("required");
    boolean requiresIt =
        required.isArray() && required.size() == 1 && required.get(0).asString("").equals(name);
    if (!requiresIt && (strict || !(required.isMissingNode() || required.isEmpty()))) {
      throw ApiException.invalidValue(
          param + ".required", "'required' must be [%s].".formatted(JSON.writeValueAsString(name)));
    }
    JsonNode additional = schema.path("additionalProperties");
    boolean forbids = additional.isBoolean() && !additional.booleanValue();
    if (strict ? !forbids : !(additional.isMissingNode() || additional.isBoolean())) {
      throw ApiException.invalidValue(
          param + ".additionalProperties", "'additionalProperties' must be false.");
    }
    String path = param + ".properties." + name;
    String before = "{" + JSON.writeValueAsString(name) + ":";
    return values(path, resolved(path, properties.get(name))).stream()
        .map(value -> before + value + "}")
        .toList();
  }

  private List<String> values(String param, JsonNode schema) {
    refuseOthers(param, schema, Set.of("type", "enum"));
    JsonNode type = schema.path("type");
    JsonNode values = schema.path("enum");
    if (values.isMissingNode()) {
      if (type.asString("").equals("boolean")) {
        return List.of("true", "false");
      }
      throw unsupported(
          param, "not %s without 'enum'".formatted(type.isMissingNode() ? "a schema" : type));
    }
    if (!type.isMissingNode() && !type.asString("").equals("string")) {
      throw unsupported(param, "not an enum of the type %s".formatted(type));
    }
    if (!values.isArray() || values.isEmpty()) {
      throw ApiException.invalidValue(param + ".enum", "'enum' must be an array of strings.");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode value : values) {
      if (!value.isString()) {
        throw unsupported(param + ".enum", "not an enum with %s".formatted(value.getNodeType()));
      }
      texts.add(JSON.writeValueAsString(value.stringValue()));
    }
    return texts;
  }

  /** A schema, or the definition that it names: clients put enums there. */
  private JsonNode resolved(String param, JsonNode schema) {
    if (!schema.isObject()) {
      throw ApiException.invalid(
          param, "invalid_type", "'%s' must be a schema, an object.".formatted(param));
    }
    JsonNode reference = schema.path("$ref");
    if (reference.isMissingNode()) {
      return schema;
    }
    refuseOthers(param, schema, Set.of("$ref"));
    String pointer = reference.asString("");
    JsonNode target =
        pointer.startsWith("#/$defs/") || pointer.startsWith("#/definitions/")
            ? root.at(pointer.substring(1))
            : root.path("");
    if (!target.isObject() || target.has("$ref")) {
      throw unsupported(param, "not the reference %s".formatted(reference));
    }
    return target;
  }

  private static void refuseOthers(String param, JsonNode schema, Set<String> known) {
    for (String keyword : schema.propertyNames()) {
      if (!known.contains(keyword) && !NOTES.contains(keyword)) {
        throw unsupported(param, "not '%s'".formatted(keyword));
      }
    }
  }

  private static ApiException unsupported(String param, String what) {
    String shown = what.substring(0, Math.min(what.length(), LONGEST));
    return ApiException.invalid(
        param, "unsupported_parameter", "%s, %s.".formatted(SUPPORTED, shown));
  }
}
