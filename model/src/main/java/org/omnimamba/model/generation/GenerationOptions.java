package org.omnimamba.model.generation;

import java.util.List;
import org.omnimamba.model.sampling.SamplingParameters;

/**
 * How a sequence is generated.
 *
 * @param sampling how tokens are drawn
 * @param maxNewTokens at most this many ids, at least 1; an image always has its full number
 * @param stop the text ends before the first of these; none may be empty
 * @param topLogprobs how many of the most probable tokens to report with each token; -1 reports no
 *     log-probabilities at all
 * @param imageIndex which of several results of one seed this is
 * @param endOfText whether the end-of-text id ends a text, as it does in the reference; without it
 *     only length and stop strings do
 */
public record GenerationOptions(
    SamplingParameters sampling,
    int maxNewTokens,
    List<String> stop,
    int topLogprobs,
    int imageIndex,
    boolean endOfText) {

  private static final int NO_LOGPROBS = -1;

  public GenerationOptions {
    stop = List.copyOf(stop);
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("max_tokens must be at least 1, is " + maxNewTokens);
    }
    if (topLogprobs < NO_LOGPROBS) {
      throw new IllegalArgumentException("top_logprobs must not be negative");
    }
    if (stop.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("stop must not hold an empty string");
    }
  }

  /** Draws as told, up to the model's last position, until the model ends the text. */
  public static GenerationOptions of(SamplingParameters sampling) {
    return new GenerationOptions(sampling, Integer.MAX_VALUE, List.of(), NO_LOGPROBS, 0, true);
  }

  /**
   * New ids under the reference's {@code max_length}, which counts the prompt with its image places
   * (see docs/reference-behaviours.md, 19).
   */
  public static int newTokens(int maxLength, int promptLength) {
    return Math.max(1, maxLength - promptLength);
  }

  public boolean wantsLogprobs() {
    return topLogprobs != NO_LOGPROBS;
  }

  public GenerationOptions withMaxNewTokens(int value) {
    return new GenerationOptions(sampling, value, stop, topLogprobs, imageIndex, endOfText);
  }

  public GenerationOptions withStop(List<String> value) {
    return new GenerationOptions(sampling, maxNewTokens, value, topLogprobs, imageIndex, endOfText);
  }

  public GenerationOptions withTopLogprobs(int value) {
    return new GenerationOptions(sampling, maxNewTokens, stop, value, imageIndex, endOfText);
  }

  public GenerationOptions withImageIndex(int value) {
    return new GenerationOptions(sampling, maxNewTokens, stop, topLogprobs, value, endOfText);
  }

  public GenerationOptions withoutEndOfText() {
    return new GenerationOptions(sampling, maxNewTokens, stop, topLogprobs, imageIndex, false);
  }
}
