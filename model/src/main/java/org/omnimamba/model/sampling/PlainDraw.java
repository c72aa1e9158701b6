package org.omnimamba.model.sampling;

import org.jspecify.annotations.Nullable;

/**
 * A draw that needs nothing but a temperature and one random number, so that a device can make it
 * beside its step and no logits have to come to the host.
 *
 * @param temperature divides the logits; 0 takes the first of the highest
 * @param uniform in {@code [0, 1)}: where in the cumulative distribution, in the order of ids, the
 *     token lies
 */
public record PlainDraw(float temperature, double uniform) {
  /** The first of the highest logits. */
  public static final PlainDraw BEST = new PlainDraw(0, 0);

  /**
   * The draw of one token; its random number is the one that {@link TokenSampler} would use.
   *
   * @param imageIndex which of several results of one seed this is
   * @param position index of the token in its result
   * @return null if these parameters filter tokens or punish earlier ones
   */
  public static @Nullable PlainDraw of(
      SamplingParameters parameters, long imageIndex, long position) {
    if (parameters.repetitionPenalty() != 1) {
      return null;
    }
    if (parameters.isGreedy()) {
      return BEST;
    }
    boolean filtered = parameters.topK() > 0 || parameters.minP() > 0 || parameters.limitsMass();
    return filtered
        ? null
        : new PlainDraw(
            parameters.temperature(),
            CounterRandom.uniform(parameters.seed(), imageIndex, position));
  }
}
