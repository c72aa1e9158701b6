package org.omnimamba.web.usage;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What was used, by one request or by many.
 *
 * @param requests of which something was made
 * @param pictures that were finished
 * @param inputTokens of prompts, the cached ones among them
 * @param cachedTokens of prompts that did not have to be read
 * @param outputTokens generated, those of pictures too
 */
public record Usage(
    @JsonProperty("requests") long requests,
    @JsonProperty("pictures") long pictures,
    @JsonProperty("input_tokens") long inputTokens,
    @JsonProperty("cached_tokens") long cachedTokens,
    @JsonProperty("output_tokens") long outputTokens) {
  public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

  /** Both together. */
  public Usage plus(Usage other) {
    return new Usage(
        requests + other.requests,
        pictures + other.pictures,
        inputTokens + other.inputTokens,
        cachedTokens + other.cachedTokens,
        outputTokens + other.outputTokens);
  }

  /** Whether nothing was made. */
  @JsonIgnore
  public boolean isNothing() {
    return pictures == 0 && inputTokens == 0 && outputTokens == 0;
  }
}
