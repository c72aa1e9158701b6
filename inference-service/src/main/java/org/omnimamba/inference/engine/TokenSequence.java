package org.omnimamba.inference.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * The host's half of one sequence: it draws tokens from logits, or says how the device may draw
 * them, and knows when to stop. The engine's thread alone uses it once it has been submitted.
 */
@FunctionalInterface
public interface TokenSequence {

  /**
   * Takes or draws the next token.
   *
   * @param output as {@link #nextDraw} asked for it: the drawn token, or logits, which are left
   *     unchanged and not kept. Behind the prompt it is logits always
   * @param sampler the engine's; scratch memory only
   * @throws RuntimeException if there is no token; the request then fails, others do not
   */
  GeneratedToken accept(StepOutput output, TokenSampler sampler);

  /** How the device may draw the next token; null if that takes the logits. */
  default @Nullable PlainDraw nextDraw() {
    return null;
  }

  /**
   * How the device may draw the next tokens, in their order.
   *
   * @param most how many at most; there are no more than the sequence still takes
   * @return empty if that takes the logits
   */
  default List<PlainDraw> nextDraws(int most) {
    return List.of();
  }

  /** A sequence of the real model. */
  static TokenSequence of(Sequence sequence) {
    return new TokenSequence() {
      @Override
      public GeneratedToken accept(StepOutput output, TokenSampler sampler) {
        return sequence.accept(output, sampler);
      }

      @Override
      public @Nullable PlainDraw nextDraw() {
        return sequence.nextDraw();
      }

      @Override
      public List<PlainDraw> nextDraws(int most) {
        return sequence.nextDraws(most);
      }
    };
  }
}
