package org.omnimamba.inference.engine;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * The host's half of one sequence: it draws tokens from logits, or says how the device may draw
 * them, and knows when to stop. The engine's thread alone uses it once it has been submitted.
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

  /** How the device may draw the next token; null if that takes the logits. */
  default @Nullable PlainDraw nextDraw() {
    return null;
  }

  /**
   * Takes the token that the device drew as {@link #nextDraw} said.
   *
   * @param id negative if a logit was NaN or infinite
   * @throws RuntimeException if there is no token; the request then fails, others do not
   */
  default GeneratedToken accept(int id) {
    throw new IllegalStateException("this sequence draws its tokens itself");
  }

  /** A sequence of the real model. */
  static TokenSequence of(Sequence sequence) {
    return new TokenSequence() {
      @Override
      public GeneratedToken accept(float[] logits, TokenSampler sampler) {
        return sequence.accept(logits, sampler);
      }

      @Override
      public @Nullable PlainDraw nextDraw() {
        return sequence.nextDraw();
      }

      @Override
      public GeneratedToken accept(int id) {
        return sequence.accept(id);
      }
    };
  }
}
