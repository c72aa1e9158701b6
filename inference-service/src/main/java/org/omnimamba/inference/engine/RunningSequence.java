package org.omnimamba.inference.engine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;

/** A sequence that takes part in decode steps. */
final class RunningSequence {
  private static final int FIRST_CAPACITY = 64;

  final ActiveRequest owner;
  final int index;
  final int slot;
  private final TokenSequence sequence;
  private final int promptTokens;
  private int[] ids = new int[FIRST_CAPACITY];
  private int generated;
  private @Nullable FinishReason finish;
  private long lastTokenNanos;
  private int partialsShown;

  RunningSequence(ActiveRequest owner, int index, TokenSequence sequence, int slot, long now) {
    this.owner = owner;
    this.index = index;
    this.sequence = sequence;
    this.slot = slot;
    this.promptTokens = owner.request.prompt().tokens();
    this.lastTokenNanos = now;
  }

  /** How the device may draw the next token; null if that takes the logits. */
  @Nullable PlainDraw nextDraw() {
    return sequence.nextDraw();
  }

  /** How the device may draw the next tokens, at most so many; empty if that takes the logits. */
  List<PlainDraw> nextDraws(int most) {
    return sequence.nextDraws(most);
  }

  GeneratedToken accept(StepOutput output, TokenSampler sampler) {
    GeneratedToken token = sequence.accept(output, sampler);
    if (generated == ids.length) {
      ids = Arrays.copyOf(ids, 2 * generated);
    }
    ids[generated++] = token.id();
    finish = token.finishReason();
    if (finish == null && generated >= owner.request.maxTokens()) {
      throw new IllegalStateException(
          "a sequence goes on after the %d tokens reserved for it"
              .formatted(owner.request.maxTokens()));
    }
    return token;
  }

  @Nullable FinishReason finish() {
    return finish;
  }

  int generated() {
    return generated;
  }

  /** The ids so far, a copy. */
  int[] ids() {
    return Arrays.copyOf(ids, generated);
  }

  int lastToken() {
    return ids[generated - 1];
  }

  /** Positions the slot has processed: the prompt and every generated token but the newest. */
  int position() {
    return promptTokens + generated - 1;
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
    return generated >= threshold ? partialsShown++ : -1;
  }
}
