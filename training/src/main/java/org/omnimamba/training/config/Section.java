package org.omnimamba.training.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * The fields of one mapping in a configuration. A getter throws {@link
 * InvalidTrainingConfigException} if its field is missing or wrong; the message names the field.
 * {@link #refuseUnknown} finds misspelt ones.
 */
public final class Section {
  private final JsonNode node;
  private final String path;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /**
   * A section from a tree.
   *
   * @param path of the mapping, for messages; empty for the root
   */
  static Section of(JsonNode node, String path) {
    if (!node.isObject()) {
      throw new InvalidTrainingConfigException(
          (path.isEmpty() ? "the configuration" : path)
              + (node.isMissingNode() ? " is missing" : " is no mapping"));
    }
    return new Section(node, path);
  }

  /** The fields under a field, which must be there. */
  public Section section(String name) {
    return of(field(name), label(name));
  }

  public boolean has(String name) {
    known.add(name);
    return node.hasNonNull(name);
  }

  public String text(String name) {
    JsonNode value = field(name);
    return require(name, value, "a text", v -> v.isString() && !v.stringValue().isBlank())
        .stringValue();
  }

  public String text(String name, String absent) {
    return has(name) ? text(name) : absent;
  }

  public long integer(String name) {
    return require(name, field(name), "a whole number", JsonNode::canConvertToLong).longValue();
  }

  /** A whole number within bounds, both included. */
  public int integer(String name, int min, int max) {
    long value = integer(name);
    if (value < min || value > max) {
      throw wrong(name, "is %d, not between %d and %d".formatted(value, min, max));
    }
    return (int) value;
  }

  public long integer(String name, long absent) {
    return has(name) ? integer(name) : absent;
  }

  public double number(String name) {
    double value = require(name, field(name), "a number", JsonNode::isNumber).doubleValue();
    if (!Double.isFinite(value)) {
      throw wrong(name, "is " + value);
    }
    return value;
  }

  public double number(String name, double absent) {
    return has(name) ? number(name) : absent;
  }

  public boolean flag(String name, boolean absent) {
    return has(name)
        ? require(name, field(name), "true or false", JsonNode::isBoolean).booleanValue()
        : absent;
  }

  /** One of an enum's constants, in any case. */
  public <E extends Enum<E>> E choice(String name, Class<E> type, E absent) {
    if (!has(name)) {
      return absent;
    }
    String value = text(name);
    List<String> allowed = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(value)) {
        return constant;
      }
      allowed.add(constant.name().toLowerCase(Locale.ROOT));
    }
    throw wrong(name, "is '%s', not one of %s".formatted(value, allowed));
  }

  /** A list of texts; empty if the field is absent. */
  public List<String> texts(String name) {
    List<String> values = new ArrayList<>();
    if (has(name)) {
      JsonNode list = require(name, field(name), "a list", JsonNode::isArray);
      for (JsonNode value : list) {
        values.add(require(name, value, "a list of texts", JsonNode::isString).stringValue());
      }
    }
    return values;
  }

  /** Whether a field has exactly this text; for words that stand where a number may stand. */
  public boolean says(String name, String word) {
    return has(name) && node.path(name).asString("").equals(word);
  }

  /**
   * Checks that every field was asked for.
   *
   * @throws InvalidTrainingConfigException if not: it names the first that was not
   */
  public void refuseUnknown() {
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        throw wrong(name, "is unknown here; known are " + known);
      }
    }
  }

  /** An error about a field. */
  public InvalidTrainingConfigException wrong(String name, String problem) {
    return new InvalidTrainingConfigException(label(name) + " " + problem);
  }

  private JsonNode field(String name) {
    known.add(name);
    return node.path(name);
  }

  private JsonNode require(
      String name, JsonNode value, String needed, Predicate<JsonNode> condition) {
    if (value.isMissingNode() || value.isNull()) {
      throw wrong(name, "is missing");
    }
    if (!condition.test(value)) {
      throw wrong(name, "is %s, not %s".formatted(value, needed));
    }
    return value;
  }

  private String label(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
