package org.omnimamba.model.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;

/**
 * The host's half of one sequence, as its driver sees it: it draws tokens from logits, or says how
 * the device may draw them, and knows what to feed next and when to stop. {@link Sequence} is the
 * real one. For use by one thread.
 */
public interface TokenSequence {

  /**
   * Takes or draws the next token.
   *
   * @param output as {@link #nextDraws} asked for it: the drawn token, or logits, which are left
   *     unchanged and not kept. After the prompt it is logits always
   * @param sampler any sampler of this thread; it holds nothing of the sequence
   * @throws RuntimeException if there is no token; the sequence is unchanged then
   */
  GeneratedToken accept(StepOutput output, TokenSampler sampler);

  /**
   * How the device may draw the next tokens, in their order.
   *
   * @param most how many at most; there are no more than the sequence still takes
   * @return empty if the logits have to come to the host
   */
  List<PlainDraw> nextDraws(int most);

  /**
   * The id to feed in the next step.
   *
   * @throws IllegalStateException if there is none yet
   */
  int lastToken();

  /** The position of {@link #lastToken}: the number of positions already fed. */
  int nextPosition();

  /** Ids generated so far. */
  int generatedTokens();

  /** The generated ids, a copy. */
  int[] tokens();

  /** Why the sequence ended; null while it goes on. */
  @Nullable FinishReason finishReason();
}
