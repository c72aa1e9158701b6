package org.omnimamba.model.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.sampling.LogitChanges;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.AnswerChoices;

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
 * @param changes what is added to the logits of a text
 * @param choices the texts of which a text is exactly one, unless its length ends it before; null
 *     for any text
 */
public record GenerationOptions(
    SamplingParameters sampling,
    int maxNewTokens,
    List<String> stop,
    int topLogprobs,
    int imageIndex,
    boolean endOfText,
    LogitChanges changes,
    @Nullable AnswerChoices choices) {

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
    return new GenerationOptions(
        sampling, Integer.MAX_VALUE, List.of(), NO_LOGPROBS, 0, true, LogitChanges.NONE, null);
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
    return new GenerationOptions(
        sampling, value, stop, topLogprobs, imageIndex, endOfText, changes, choices);
  }

  public GenerationOptions withStop(List<String> value) {
    return new GenerationOptions(
        sampling, maxNewTokens, value, topLogprobs, imageIndex, endOfText, changes, choices);
  }

  public GenerationOptions withTopLogprobs(int value) {
    return new GenerationOptions(
        sampling, maxNewTokens, stop, value, imageIndex, endOfText, changes, choices);
  }

  public GenerationOptions withImageIndex(int value) {
    return new GenerationOptions(
        sampling, maxNewTokens, stop, topLogprobs, value, endOfText, changes, choices);
  }

  public GenerationOptions withoutEndOfText() {
    return new GenerationOptions(
        sampling, maxNewTokens, stop, topLogprobs, imageIndex, false, changes, choices);
  }

  public GenerationOptions withChanges(LogitChanges value) {
    return new GenerationOptions(
        sampling, maxNewTokens, stop, topLogprobs, imageIndex, endOfText, value, choices);
  }

  public GenerationOptions withChoices(@Nullable AnswerChoices value) {
    return new GenerationOptions(
        sampling, maxNewTokens, stop, topLogprobs, imageIndex, endOfText, changes, value);
  }
}
