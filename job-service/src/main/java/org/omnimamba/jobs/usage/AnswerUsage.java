package org.omnimamba.jobs.usage;

import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;

/** What one answer says that it used. */
public final class AnswerUsage {
  private AnswerUsage() {}

  /**
   * Reads the member {@code usage} of an answer: a chat's, a response's or that of pictures.
   *
   * @param usage a missing node where the answer has none
   * @param pictures that the answer has
   */
  public static Usage of(JsonNode usage, int pictures) {
    return new Usage(
        1,
        pictures,
        number(usage, "prompt_tokens", "input_tokens"),
        number(usage.path("prompt_tokens_details"), "cached_tokens", "")
            + number(usage.path("input_tokens_details"), "cached_tokens", ""),
        number(usage, "completion_tokens", "output_tokens"));
  }

  private static long number(JsonNode object, String name, String other) {
    return Math.max(0, object.path(name).asLong(object.path(other).asLong(0)));
  }
}
