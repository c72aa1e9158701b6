package org.omnimamba.standalone.cli;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.sampling.SamplingParameters;
import picocli.CommandLine.Option;

/** How tokens are drawn, the same for pictures and answers. */
final class SamplingOptions {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of the random numbers; the same seed gives the same result. Default: a new one")
  private @Nullable Long seed;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 is greedy. Default: the model's own for pictures, 0 for answers")
  private @Nullable Float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Draw from the K best tokens; 0 is no limit, 1 is greedy")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "Draw from the best tokens that together reach this probability")
  private float topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      defaultValue = "0",
      description = "The reference's min-p: compares raw logits, only without --top-k")
  private float minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      defaultValue = "1",
      description = "Over 1 makes tokens less likely that came before")
  private float repetitionPenalty;

  /**
   * As the authors' scripts draw: greedily, since one candidate is left (see
   * docs/reference-behaviours.md, 22 and 36).
   */
  static SamplingParameters reference(long seed) {
    return new SamplingParameters(1, 1, 0, 0, 1, seed);
  }

  /**
   * @throws org.omnimamba.model.sampling.InvalidSamplingException if a value is out of range
   */
  SamplingParameters parameters(float defaultTemperature) {
    return new SamplingParameters(
        temperature == null ? defaultTemperature : temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        // such a number survives a JSON reader that knows doubles only
        seed == null ? new SecureRandom().nextLong(1L << 53) : seed);
  }
}
