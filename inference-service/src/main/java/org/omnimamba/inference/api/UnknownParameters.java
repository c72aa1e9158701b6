package org.omnimamba.inference.api;

import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * What happens to fields that this service does not implement. A field listed here is ignored when
 * its value passes the field's test, because then it cannot change the result; every other field is
 * refused by name. A field whose value is null counts as absent.
 *
 * <table>
 *   <caption>Ignored fields</caption>
 *   <tr><th>field</th><th>where</th><th>ignored when</th></tr>
 *   <tr><td>user, metadata, store, safety_identifier, prompt_cache_key, prompt_cache_retention,
 *     service_tier</td><td>both</td><td>always: they are about bookkeeping</td></tr>
 *   <tr><td>frequency_penalty, presence_penalty</td><td>chat</td><td>0</td></tr>
 *   <tr><td>logit_bias</td><td>chat</td><td>empty</td></tr>
 *   <tr><td>tools, functions</td><td>chat</td><td>empty</td></tr>
 *   <tr><td>tool_choice, function_call</td><td>chat</td><td>"none" or "auto"</td></tr>
 *   <tr><td>parallel_tool_calls</td><td>chat</td><td>always: there are no tools</td></tr>
 *   <tr><td>response_format</td><td>chat</td><td>{"type": "text"}</td></tr>
 *   <tr><td>modalities</td><td>chat</td><td>["text"]</td></tr>
 *   <tr><td>quality</td><td>images</td><td>"auto" or "standard"</td></tr>
 *   <tr><td>background</td><td>images</td><td>"auto" or "opaque"</td></tr>
 *   <tr><td>moderation</td><td>images</td><td>"auto" or "low": nothing is moderated here</td></tr>
 * </table>
 */
public final class UnknownParameters {
  private static final Map<String, Predicate<JsonNode>> BOOKKEEPING =
      Map.of(
          "user", UnknownParameters::always,
          "metadata", UnknownParameters::always,
          "store", UnknownParameters::always,
          "safety_identifier", UnknownParameters::always,
          "prompt_cache_key", UnknownParameters::always,
          "prompt_cache_retention", UnknownParameters::always,
          "service_tier", UnknownParameters::always);

  private static final Map<String, Predicate<JsonNode>> CHAT =
      Map.ofEntries(
          Map.entry("frequency_penalty", UnknownParameters::zero),
          Map.entry("presence_penalty", UnknownParameters::zero),
          Map.entry("logit_bias", UnknownParameters::empty),
          Map.entry("tools", UnknownParameters::empty),
          Map.entry("functions", UnknownParameters::empty),
          Map.entry("tool_choice", oneOf("none", "auto")),
          Map.entry("function_call", oneOf("none", "auto")),
          Map.entry("parallel_tool_calls", UnknownParameters::always),
          Map.entry(
              "response_format",
              value -> value.size() == 1 && "text".equals(value.path("type").asString(""))),
          Map.entry(
              "modalities",
              value ->
                  value.isArray()
                      && value.size() == 1
                      && "text".equals(value.get(0).asString(""))));

  private static final Map<String, Predicate<JsonNode>> IMAGES =
      Map.of(
          "quality", oneOf("auto", "standard"),
          "background", oneOf("auto", "opaque"),
          "moderation", oneOf("auto", "low"));

  private UnknownParameters() {}

  /** Refuses what a chat request may not carry. */
  public static void checkChat(Map<String, JsonNode> others) {
    check(others, CHAT);
  }

  /** Refuses what an image request may not carry. */
  public static void checkImages(Map<String, JsonNode> others) {
    check(others, IMAGES);
  }

  private static void check(
      Map<String, JsonNode> others, Map<String, Predicate<JsonNode>> ignored) {
    others.forEach(
        (name, value) -> {
          Predicate<JsonNode> harmless =
              ignored.getOrDefault(name, BOOKKEEPING.getOrDefault(name, any -> false));
          if (!value.isNull() && !harmless.test(value)) {
            throw ApiException.unsupportedParameter(name);
          }
        });
  }

  private static boolean always(JsonNode value) {
    return true;
  }

  private static boolean zero(JsonNode value) {
    return value.isNumber() && value.doubleValue() == 0;
  }

  private static boolean empty(JsonNode value) {
    return value.isContainer() && value.isEmpty();
  }

  private static Predicate<JsonNode> oneOf(String... values) {
    return node -> {
      for (String value : values) {
        if (node.isString() && node.stringValue().equals(value)) {
          return true;
        }
      }
      return false;
    };
  }
}
