package org.omnimamba.model.config;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of one JSON object and notes what is wrong with them, so that one error can name
 * everything. A getter returns a stand-in for a wrong field; {@link #check} then throws.
 */
final class ConfigFields {
  private final JsonNode node;
  private final String path;
  private final List<String> problems;
  private final List<String> known = new ArrayList<>();

  private ConfigFields(JsonNode node, String path, List<String> problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    if (!node.isObject()) {
      String what = path.isEmpty() ? "the configuration" : path.substring(0, path.length() - 1);
      problems.add(what + (node.isMissingNode() ? " is missing" : " is not an object"));
    }
  }

  static ConfigFields root(JsonNode node) {
    return new ConfigFields(node, "", new ArrayList<>());
  }

  /** The fields of a nested object; its problems are noted here too. */
  ConfigFields object(String name) {
    return new ConfigFields(field(name), path + name + ".", problems);
  }

  /** The fields of each object in an array. */
  List<ConfigFields> objects(String name) {
    JsonNode array = field(name);
    List<ConfigFields> elements = new ArrayList<>();
    if (!array.isArray()) {
      wrong(name, array, "an array of objects");
    }
    for (int i = 0; i < (array.isArray() ? array.size() : 0); i++) {
      elements.add(new ConfigFields(array.get(i), "%s%s[%d].".formatted(path, name, i), problems));
    }
    return elements;
  }

  boolean has(String name) {
    return node.has(name);
  }

  int integer(String name) {
    JsonNode value = field(name);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      wrong(name, value, "an integer");
      return 1;
    }
    return value.intValue();
  }

  int integer(String name, int absent) {
    known.add(name);
    return node.has(name) ? integer(name) : absent;
  }

  float number(String name) {
    JsonNode value = field(name);
    if (!value.isNumber() || !Float.isFinite(value.floatValue())) {
      wrong(name, value, "a number");
      return 1;
    }
    return value.floatValue();
  }

  boolean flag(String name) {
    JsonNode value = field(name);
    if (!value.isBoolean()) {
      wrong(name, value, "true or false");
      return false;
    }
    return value.booleanValue();
  }

  boolean flag(String name, boolean absent) {
    known.add(name);
    return node.has(name) ? flag(name) : absent;
  }

  String text(String name) {
    JsonNode value = field(name);
    if (!value.isString() || value.stringValue().isEmpty()) {
      wrong(name, value, "a text");
      return "?";
    }
    return value.stringValue();
  }

  List<Integer> integers(String name) {
    JsonNode array = field(name);
    List<Integer> values = new ArrayList<>();
    boolean fine = array.isArray();
    for (int i = 0; fine && i < array.size(); i++) {
      fine = array.get(i).isIntegralNumber() && array.get(i).canConvertToInt();
      values.add(array.get(i).asInt(1));
    }
    if (!fine) {
      wrong(name, array, "an array of integers");
    }
    return values;
  }

  List<Float> numbers(String name) {
    JsonNode array = field(name);
    List<Float> values = new ArrayList<>();
    boolean fine = array.isArray();
    for (int i = 0; fine && i < array.size(); i++) {
      fine = array.get(i).isNumber();
      values.add(array.get(i).asFloat(1));
    }
    if (!fine) {
      wrong(name, array, "an array of numbers");
    }
    return values;
  }

  /** Notes a problem unless the field is absent or equals {@code expected} as text. */
  void fixed(String name, String expected) {
    known.add(name);
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && !value.asString(value.toString()).equals(expected)) {
      problems.add("%s%s is %s; only %s is supported".formatted(path, name, value, expected));
    }
  }

  /** Notes a problem unless the number is absent or equals {@code expected}. */
  void agrees(String name, double expected) {
    known.add(name);
    JsonNode value = node.path(name);
    if (!value.isMissingNode() && (!value.isNumber() || value.doubleValue() != expected)) {
      problems.add(
          "%s%s is %s; the other fields make it %s".formatted(path, name, value, expected));
    }
  }

  /** Notes a problem unless the field is absent or has the value of another one. */
  void agreesWith(String name, String other) {
    known.add(name);
    if (node.has(name) && !node.path(name).equals(node.path(other))) {
      problems.add(
          "%s%s is %s, but %s%s is %s; they must be equal"
              .formatted(path, name, node.path(name), path, other, node.path(other)));
    }
  }

  void problem(String text) {
    problems.add(text);
  }

  /** Notes every field that was never asked for: most likely a misspelt one. */
  void refuseUnknown() {
    if (node.isObject()) {
      for (String name : node.propertyNames()) {
        if (!known.contains(name)) {
          problems.add(path + name + " is unknown");
        }
      }
    }
  }

  /**
   * @throws InvalidConfigException if a problem was noted; it names all of them
   */
  void check() {
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(String.join("; ", problems));
    }
  }

  private JsonNode field(String name) {
    known.add(name);
    return node.path(name);
  }

  private void wrong(String name, JsonNode value, String needed) {
    problems.add(
        value.isMissingNode()
            ? "%s%s is missing".formatted(path, name)
            : "%s%s is %s, not %s".formatted(path, name, shortened(value), needed));
  }

  private static String shortened(JsonNode value) {
    String text = value.toString();
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
