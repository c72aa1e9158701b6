package org.omnimamba.model.sampling;

import java.util.Map;

/**
 * What is added to logits before temperature and filters, as OpenAI's API defines it: a token that
 * was generated {@code c} times loses {@code c * frequencyPenalty}, and {@code presencePenalty} if
 * {@code c > 0}; its bias is added. The prompt's tokens do not count.
 *
 * @param frequencyPenalty from -2 to 2
 * @param presencePenalty from -2 to 2
 * @param bias by token id, each from -100 to 100
 */
public record LogitChanges(
    float frequencyPenalty, float presencePenalty, Map<Integer, Float> bias) {
  private static final float MOST_PENALTY = 2;
  private static final float MOST_BIAS = 100;

  /** Changes nothing. */
  public static final LogitChanges NONE = new LogitChanges(0, 0, Map.of());

  /**
   * @throws InvalidSamplingException if a value is outside its range
   */
  public LogitChanges {
    bias = Map.copyOf(bias);
    require(Math.abs(frequencyPenalty) <= MOST_PENALTY, "frequency_penalty", "from -2 to 2");
    require(Math.abs(presencePenalty) <= MOST_PENALTY, "presence_penalty", "from -2 to 2");
    require(
        bias.values().stream().allMatch(value -> Math.abs(value) <= MOST_BIAS),
        "logit_bias",
        "from -100 to 100");
    require(
        bias.keySet().stream().allMatch(id -> id >= 0), "logit_bias", "of tokens, by their ids");
  }

  private static void require(boolean condition, String parameter, String range) {
    if (!condition) {
      throw new InvalidSamplingException(parameter, "must be " + range);
    }
  }

  /** Whether nothing is changed. */
  public boolean isNone() {
    return !punishes() && bias.isEmpty();
  }

  boolean punishes() {
    return frequencyPenalty != 0 || presencePenalty != 0;
  }
}
