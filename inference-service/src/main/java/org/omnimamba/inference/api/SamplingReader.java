package org.omnimamba.inference.api;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.sampling.SamplingParameters;

/** Turns sampling fields into the model's parameters. */
public final class SamplingReader {
  private static final double MAX_TEMPERATURE = 2;
  private static final double MAX_PENALTY = 10;
  private static final double SMALLEST_PENALTY = 0.01;

  private SamplingReader() {}

  /**
   * Checked parameters. Without a seed a random one is drawn.
   *
   * @param temperature where the request has none
   * @throws ApiException naming the field that is out of range
   */
  public static SamplingParameters read(SamplingFields fields, float temperature) {
    Long seed = fields.seed();
    return new SamplingParameters(
        (float) Checks.range("temperature", fields.temperature(), temperature, 0, MAX_TEMPERATURE),
        topK(fields.topK()),
        topP(fields.topP()),
        (float) Checks.range("min_p", fields.minP(), 0, 0, 1),
        (float)
            Checks.range(
                "repetition_penalty", fields.repetitionPenalty(), 1, SMALLEST_PENALTY, MAX_PENALTY),
        seed == null ? ThreadLocalRandom.current().nextLong() : seed);
  }

  /** As with OpenAI 0 leaves the likeliest token alone; to the sampler it would be no limit. */
  private static float topP(@Nullable Double value) {
    return Math.max(Float.MIN_VALUE, (float) Checks.range("top_p", value, 1, 0, 1));
  }

  /** Some clients write -1 for no limit. */
  private static int topK(@Nullable Integer value) {
    int topK = Checks.range("top_k", value, 0, -1, Integer.MAX_VALUE);
    return Math.max(0, topK);
  }
}
