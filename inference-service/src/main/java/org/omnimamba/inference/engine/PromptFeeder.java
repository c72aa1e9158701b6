package org.omnimamba.inference.engine;

import java.util.function.LongSupplier;
import org.omnimamba.inference.engine.ModelBackend.PreparedPrompt;
import org.omnimamba.inference.engine.PictureStates.Found;
import org.omnimamba.inference.engine.PromptInput.Picture;

/**
 * Feeds prompts into their slots, piece by piece, and skips pictures whose state is kept. Engine
 * thread only; whatever it throws is a failure of the device in this request.
 */
final class PromptFeeder {
  /** Nothing was done, because the next piece is larger than the budget. */
  static final Fed NOTHING = new Fed(0, 0);

  private final ModelBackend backend;
  private final int chunk;
  private final PictureStates pictures;
  private final EngineMeters meters;
  private final LongSupplier nanoTime;

  /**
   * What one call did.
   *
   * @param cost of the iteration's budget
   * @param tokens positions that were fed
   */
  record Fed(int cost, int tokens) {}

  PromptFeeder(
      ModelBackend backend,
      int chunk,
      PictureStates pictures,
      EngineMeters meters,
      LongSupplier nanoTime) {
    this.backend = backend;
    this.chunk = chunk;
    this.pictures = pictures;
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  /** Does the next part of a prompt within a budget of positions. */
  Fed feed(ActiveRequest request, int budget) {
    PreparedPrompt prompt = request.prepared();
    if (prompt == null) {
      boolean slow = preparationIsSlow(request);
      if (slow && budget < chunk) {
        return NOTHING;
      }
      skipPicture(request);
      prompt = prepare(request);
      if (slow) {
        return new Fed(budget, 0);
      }
    }
    return feedPiece(request, prompt, budget);
  }

  /** The towers, or a state's way from host memory, take an iteration's time for prompts. */
  private boolean preparationIsSlow(ActiveRequest request) {
    Picture picture = request.request.prompt().picture();
    return picture != null && !pictures.isOnDevice(picture.key());
  }

  /** Lets the prompt begin after its picture, if the state there is kept. */
  private void skipPicture(ActiveRequest request) {
    Picture picture = request.request.prompt().picture();
    if (picture == null || !pictures.enabled()) {
      return;
    }
    long start = nanoTime.getAsLong();
    Found found = pictures.restore(picture.key(), request.promptSlot());
    meters.pictureLookup(found);
    if (found != Found.NOWHERE) {
      meters.deviceTime("picture_state", nanoTime.getAsLong() - start);
      meters.cachedTokens(picture.end());
      request.reused(picture.end());
      request.reservation.returnTokens(picture.end());
    }
  }

  private PreparedPrompt prepare(ActiveRequest request) {
    PromptInput input = request.request.prompt();
    long start = nanoTime.getAsLong();
    PreparedPrompt prompt = backend.prepare(input, request.prefilled());
    request.prepared(prompt);
    if (input.picture() != null && request.prefilled() == 0) {
      meters.deviceTime("vision", nanoTime.getAsLong() - start);
    }
    return prompt;
  }

  private Fed feedPiece(ActiveRequest request, PreparedPrompt prompt, int budget) {
    PromptInput input = request.request.prompt();
    int from = request.prefilled();
    int to = input.pieceEnd(from, chunk);
    int tokens = to - from;
    if (tokens > budget) {
      return NOTHING;
    }
    long start = nanoTime.getAsLong();
    float[] logits = backend.prefill(request.promptSlot(), prompt, from, to);
    meters.deviceTime("prefill", nanoTime.getAsLong() - start);
    meters.promptTokens(tokens);
    request.reservation.returnTokens(tokens);
    boolean moved = keepPicture(request, to, logits);
    request.prefilledTo(to, logits, to == input.tokens());
    return new Fed(moved ? budget : tokens, tokens);
  }

  /** Keeps the state after a picture; true if one had to go to host memory for it. */
  private boolean keepPicture(ActiveRequest request, int position, float[] logits) {
    Picture picture = request.request.prompt().picture();
    if (picture == null || position != picture.end() || !pictures.enabled() || !finite(logits)) {
      return false;
    }
    long start = nanoTime.getAsLong();
    boolean moved = pictures.keep(picture.key(), request.promptSlot());
    meters.deviceTime("picture_state", nanoTime.getAsLong() - start);
    return moved;
  }

  /** A state that gives no numbers must not spoil later questions as well. */
  private static boolean finite(float[] logits) {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return false;
      }
    }
    return true;
  }
}
