package org.omnimamba.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;

/** Drives one sequence over one slot of a model, step by step, on the calling thread. */
final class GenerationLoop {
  private final TokenSampler sampler = new TokenSampler();
  private final LongSupplier nanoTime;

  GenerationLoop(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A prompt that is ready to be fed. */
  interface Prefill {
    /** Feeds it and returns the logits of its last position. */
    float[] run();
  }

  /** The model with the prompt in its state. */
  interface Step {
    /**
     * Feeds one token at a position.
     *
     * @param draw how the device draws the next token; null where the logits are wanted
     */
    StepOutput run(int token, int position, @Nullable PlainDraw draw);

    /** Tokens that {@link #runSeveral} draws at the price of one call, at most. */
    int tokensPerCall();

    /**
     * Feeds a token and then those that are drawn.
     *
     * @return the drawn ids, one for each draw; negative after a logit that is not finite
     */
    int[] runSeveral(int token, int position, List<PlainDraw> draws);
  }

  /**
   * Runs a sequence to its end.
   *
   * @param prepare embeds the prompt
   * @param step feeds one token
   */
  GenerationTimings run(
      Sequence sequence, Supplier<Prefill> prepare, Step step, TokenListener listener) {
    long start = nanoTime.getAsLong();
    Prefill prefill = prepare.get();
    long prepared = nanoTime.getAsLong();
    if (goesOn(sequence, listener)) {
      listener.onToken(sequence.accept(prefill.run(), sampler));
    }
    long prefilled = nanoTime.getAsLong();
    while (goesOn(sequence, listener)) {
      next(sequence, step, listener);
    }
    long end = nanoTime.getAsLong();
    return new GenerationTimings(
        Duration.ofNanos(prepared - start),
        Duration.ofNanos(prefilled - prepared),
        Duration.ofNanos(end - prefilled),
        Duration.ZERO);
  }

  private void next(Sequence sequence, Step step, TokenListener listener) {
    int most = step.tokensPerCall();
    List<PlainDraw> draws = most > 1 ? sequence.nextDraws(most) : List.of();
    if (Sequence.isWorthACall(draws.size(), most)) {
      draws = new ArrayList<>(draws);
      draws.addAll(Collections.nCopies(most - draws.size(), draws.get(draws.size() - 1)));
    }
    if (draws.size() > 1) {
      for (int id : step.runSeveral(sequence.lastToken(), sequence.nextPosition(), draws)) {
        if (goesOn(sequence, listener)) {
          listener.onToken(sequence.accept(id));
        }
      }
    } else {
      StepOutput output =
          step.run(sequence.lastToken(), sequence.nextPosition(), sequence.nextDraw());
      listener.onToken(sequence.accept(output, sampler));
    }
  }

  private static boolean goesOn(Sequence sequence, TokenListener listener) {
    if (!sequence.finished() && listener.cancelled()) {
      sequence.cancel();
    }
    return !sequence.finished();
  }
}
