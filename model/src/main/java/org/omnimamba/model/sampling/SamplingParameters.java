package org.omnimamba.model.sampling;

/**
 * How tokens are drawn. The order is the reference's: repetition penalty, top-k, temperature, top-p
 * (see docs/reference-behaviours.md, 23).
 *
 * @param temperature divides the logits; 0 is greedy
 * @param topK draw from the k highest logits only; 0 is no limit, 1 is greedy
 * @param topP draw from the most probable tokens that together reach this probability; 0 and 1 are
 *     no limit, as in the reference
 * @param minP with {@code topK == 0}: drop every token whose raw <em>logit</em> is below {@code
 *     minP} times the highest probability, and ignore {@code topP}. That is what the reference
 *     does; 0 is off
 * @param repetitionPenalty over 1 makes tokens that already stand in the sequence less likely; 1 is
 *     off
 * @param seed of the random numbers; all 64 bits count
 */
public record SamplingParameters(
    float temperature, int topK, float topP, float minP, float repetitionPenalty, long seed) {

  private static final SamplingParameters DEFAULTS = new SamplingParameters(1, 0, 1, 0, 1, 0);

  /**
   * @throws InvalidSamplingException if a value is outside its range
   */
  public SamplingParameters {
    require(
        Float.isFinite(temperature) && temperature >= 0,
        "temperature",
        "must be a number of at least 0");
    require(topK >= 0, "top_k", "must not be negative");
    require(topP >= 0 && topP <= 1, "top_p", "must be between 0 and 1");
    require(minP >= 0 && minP <= 1, "min_p", "must be between 0 and 1");
    require(
        Float.isFinite(repetitionPenalty) && repetitionPenalty > 0,
        "repetition_penalty",
        "must be a number over 0");
  }

  private static void require(boolean condition, String parameter, String complaint) {
    if (!condition) {
      throw new InvalidSamplingException(parameter, complaint);
    }
  }

  /** Draws from the unchanged distribution with seed 0. */
  public static SamplingParameters defaults() {
    return DEFAULTS;
  }

  /** Always the token with the highest logit. */
  public static SamplingParameters greedy() {
    return DEFAULTS.withTemperature(0);
  }

  /** Whether no randomness is involved. */
  public boolean isGreedy() {
    return temperature == 0 || topK == 1;
  }

  /** Whether {@code topP} leaves tokens out. */
  boolean limitsMass() {
    return topP > 0 && topP < 1;
  }

  public SamplingParameters withTemperature(float value) {
    return new SamplingParameters(value, topK, topP, minP, repetitionPenalty, seed);
  }

  public SamplingParameters withTopK(int value) {
    return new SamplingParameters(temperature, value, topP, minP, repetitionPenalty, seed);
  }

  public SamplingParameters withTopP(float value) {
    return new SamplingParameters(temperature, topK, value, minP, repetitionPenalty, seed);
  }

  public SamplingParameters withMinP(float value) {
    return new SamplingParameters(temperature, topK, topP, value, repetitionPenalty, seed);
  }

  public SamplingParameters withRepetitionPenalty(float value) {
    return new SamplingParameters(temperature, topK, topP, minP, value, seed);
  }

  public SamplingParameters withSeed(long value) {
    return new SamplingParameters(temperature, topK, topP, minP, repetitionPenalty, value);
  }
}
