package org.omnimamba.model.runtime.language;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Steps of the rows of a window of slots, inside a function. */
interface WindowStep {
  /**
   * What a step gives.
   *
   * @param drawn ids in the vocabulary of each row's task, negative where a logit is not finite,
   *     {@code [batch]}
   * @param logits {@code [batch, vocabulary]} for each task that rows can have
   */
  record Result(Operand<TInt64> drawn, List<Operand<TFloat32>> logits) {}

  /**
   * Adds the step of the next token of each row.
   *
   * @param tokens a negative one counts as 0, {@code [batch]}
   * @param positions tokens that each row has seen, {@code [batch]}
   * @param index of the step in its call, which chooses the random numbers of the draw
   */
  Result apply(Operand<TInt64> tokens, Operand<TInt64> positions, int index);

  /** Keeps the states; call once, after the last token. */
  void store();
}
