package org.omnimamba.inference.engine;

import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.generation.TokenSequence;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;

/** A sequence that takes part in decode steps. */
final class RunningSequence {
  final ActiveRequest owner;
  final int index;
  final int slot;
  private final TokenSequence sequence;
  private long lastTokenNanos;
  private int partialsShown;

  RunningSequence(ActiveRequest owner, int index, TokenSequence sequence, int slot, long now) {
    this.owner = owner;
    this.index = index;
    this.sequence = sequence;
    this.slot = slot;
    this.lastTokenNanos = now;
  }

  /**
   * What the next step feeds.
   *
   * @param draws tokens that the device may draw in a row, at most
   */
  StepRow nextRow(int draws) {
    return new StepRow(
        owner.task(),
        slot,
        sequence.lastToken(),
        sequence.nextPosition(),
        sequence.nextDraws(draws));
  }

  GeneratedToken accept(StepOutput output, TokenSampler sampler) {
    GeneratedToken token = sequence.accept(output, sampler);
    if (!finished() && generated() >= owner.request.maxTokens()) {
      throw new IllegalStateException(
          "a sequence goes on after the %d tokens reserved for it"
              .formatted(owner.request.maxTokens()));
    }
    return token;
  }

  boolean finished() {
    return sequence.finishReason() != null;
  }

  int generated() {
    return sequence.generatedTokens();
  }

  /** The ids so far, a copy. */
  int[] ids() {
    return sequence.tokens();
  }

  /** Nanoseconds since the previous token. */
  long markToken(long now) {
    long gap = now - lastTokenNanos;
    lastTokenNanos = now;
    return gap;
  }

  /**
   * Whether an unfinished picture is due: partial pictures divide the tokens into equal parts.
   *
   * @return its number from zero, or -1
   */
  int duePartial() {
    int wanted = owner.request.partialImages();
    if (partialsShown >= wanted) {
      return -1;
    }
    long threshold = (long) owner.request.maxTokens() * (partialsShown + 1) / (wanted + 1);
    return generated() >= threshold ? partialsShown++ : -1;
  }
}
