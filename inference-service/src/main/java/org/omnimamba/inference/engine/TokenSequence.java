package org.omnimamba.inference.engine;

import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * The host's half of one sequence: it draws tokens from logits and knows when to stop. The engine's
 * thread alone uses it once it has been submitted. {@link
 * org.omnimamba.model.generation.Sequence#accept} is one.
 */
@FunctionalInterface
public interface TokenSequence {

  /**
   * Draws the next token.
   *
   * @param logits {@code [vocabulary]}; left unchanged, and not kept
   * @param sampler the engine's; scratch memory only
   * @throws RuntimeException if no token can be drawn; the request then fails, others do not
   */
  GeneratedToken accept(float[] logits, TokenSampler sampler);
}
