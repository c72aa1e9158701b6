package org.omnimamba.inference.api;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * What happens to fields that this service does not implement. A field listed here is ignored when
 * its value is of the field's type and passes its test, because then it cannot change the result;
 * every other field is refused by name. A field whose value is null counts as absent.
 *
 * <table>
 *   <caption>Ignored fields</caption>
 *   <tr><th>field</th><th>where</th><th>ignored when</th></tr>
 *   <tr><td>user, metadata, store, safety_identifier, prompt_cache_key, prompt_cache_retention,
 *     service_tier</td><td>both</td><td>always: they are about bookkeeping</td></tr>
 *   <tr><td>tools, functions</td><td>chat</td><td>empty</td></tr>
 *   <tr><td>tool_choice, function_call</td><td>chat</td><td>"none" or "auto"</td></tr>
 *   <tr><td>parallel_tool_calls</td><td>chat</td><td>always: there are no tools</td></tr>
 *   <tr><td>modalities</td><td>chat</td><td>["text"]</td></tr>
 *   <tr><td>prediction</td><td>chat</td><td>always: it can only make an answer faster</td></tr>
 *   <tr><td>reasoning_effort</td><td>chat</td><td>always: the model has no reasoning</td></tr>
 *   <tr><td>verbosity</td><td>chat</td><td>"medium"</td></tr>
 *   <tr><td>quality, style</td><td>images</td><td>always: the model draws in one way</td></tr>
 *   <tr><td>background</td><td>images</td><td>"auto" or "opaque"</td></tr>
 *   <tr><td>moderation</td><td>images</td><td>"auto" or "low": nothing is moderated here</td></tr>
 * </table>
 */
public final class UnknownParameters {
  private static final Map<String, Rule> BOOKKEEPING =
      Map.of(
          "user", Rule.always(Type.STRING),
          "metadata", Rule.always(Type.OBJECT),
          "store", Rule.always(Type.BOOLEAN),
          "safety_identifier", Rule.always(Type.STRING),
          "prompt_cache_key", Rule.always(Type.STRING),
          "prompt_cache_retention", Rule.always(Type.STRING),
          "service_tier", Rule.always(Type.STRING));

  private static final Map<String, Rule> CHAT =
      Map.ofEntries(
          Map.entry("tools", Rule.when(UnknownParameters::isEmpty)),
          Map.entry("functions", Rule.when(UnknownParameters::isEmpty)),
          Map.entry("tool_choice", Rule.oneOf("none", "auto")),
          Map.entry("function_call", Rule.oneOf("none", "auto")),
          Map.entry("parallel_tool_calls", Rule.always(Type.BOOLEAN)),
          Map.entry("modalities", Rule.when(UnknownParameters::isTextAlone)),
          Map.entry("prediction", Rule.always(Type.OBJECT)),
          Map.entry("reasoning_effort", Rule.always(Type.STRING)),
          Map.entry("verbosity", Rule.oneOf("medium")));

  private static final Map<String, Rule> IMAGES =
      Map.of(
          "quality", Rule.always(Type.STRING),
          "style", Rule.always(Type.STRING),
          "background", Rule.oneOf("auto", "opaque"),
          "moderation", Rule.oneOf("auto", "low"));

  /** Types of JSON values, as messages call them. */
  private enum Type {
    STRING("a string", JsonNode::isString),
    BOOLEAN("a boolean", JsonNode::isBoolean),
    OBJECT("an object", JsonNode::isObject),
    ANY("anything", value -> true);

    private final String name;
    private final Predicate<JsonNode> includes;

    Type(String name, Predicate<JsonNode> includes) {
      this.name = name;
      this.includes = includes;
    }
  }

  /**
   * When a field is ignored.
   *
   * @param harmless which values of the type cannot change the result
   */
  private record Rule(Type type, Predicate<JsonNode> harmless) {
    static Rule always(Type type) {
      return new Rule(type, value -> true);
    }

    static Rule when(Predicate<JsonNode> harmless) {
      return new Rule(Type.ANY, harmless);
    }

    static Rule oneOf(String... values) {
      List<String> all = List.of(values);
      return when(value -> value.isString() && all.contains(value.stringValue()));
    }
  }

  private static final Rule REFUSED = Rule.when(value -> false);

  private UnknownParameters() {}

  /** Refuses what a chat request may not carry. */
  public static void checkChat(Map<String, JsonNode> others) {
    others.forEach((name, value) -> check(name, value, CHAT));
  }

  /** Refuses what an image request may not carry. */
  public static void checkImages(Map<String, JsonNode> others) {
    others.forEach((name, value) -> check(name, value, IMAGES));
  }

  private static void check(String name, JsonNode value, Map<String, Rule> rules) {
    if (value.isNull()) {
      return;
    }
    Rule rule = rules.getOrDefault(name, BOOKKEEPING.getOrDefault(name, REFUSED));
    if (!rule.type().includes.test(value)) {
      throw ApiException.invalid(
          name, "invalid_type", "'%s' must be %s.".formatted(name, rule.type().name));
    }
    if (!rule.harmless().test(value)) {
      throw ApiException.unsupportedParameter(name);
    }
  }

  private static boolean isEmpty(JsonNode value) {
    return value.isContainer() && value.isEmpty();
  }

  private static boolean isTextAlone(JsonNode modalities) {
    return modalities.isArray()
        && modalities.size() == 1
        && "text".equals(modalities.get(0).asString(""));
  }
}
