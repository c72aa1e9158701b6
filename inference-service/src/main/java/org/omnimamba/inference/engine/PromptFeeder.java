package org.omnimamba.inference.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.Beside.Kind;
import org.omnimamba.inference.engine.Beside.Outcome;
import org.omnimamba.inference.engine.PictureStates.Found;
import org.omnimamba.inference.engine.PromptInput.Picture;

/**
 * Brings prompts into the model: what the towers see, or the state after a known picture, and then
 * piece by piece. Engine thread only.
 */
final class PromptFeeder {
  /** Nothing was done, because the next piece is larger than the budget. */
  static final Fed NOTHING = new Fed(0, 0);

  /** Nothing was done, because the towers are not ready with the prompt's picture. */
  static final Fed LOOKING = new Fed(0, 0);

  private final ModelBackend backend;
  private final int chunk;
  private final PictureStates pictures;
  private final Beside beside;
  private final EngineMeters meters;
  private final LongSupplier nanoTime;
  private final BiConsumer<ActiveRequest, Outcome> looked;
  private final SlotPool places;

  /** Pictures that a prompt is being read with; others about them wait for the state after it. */
  private final Set<PictureKey> reading = new HashSet<>();

  /**
   * What one call did.
   *
   * @param cost of the iteration's budget
   * @param tokens positions that were fed
   */
  record Fed(int cost, int tokens) {}

  /**
   * @param looked hears how the towers' call for a request has ended
   */
  PromptFeeder(
      ModelBackend backend,
      int chunk,
      PictureStates pictures,
      Beside beside,
      EngineMeters meters,
      LongSupplier nanoTime,
      BiConsumer<ActiveRequest, Outcome> looked) {
    this.backend = backend;
    this.chunk = chunk;
    this.pictures = pictures;
    this.beside = beside;
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.looked = looked;
    this.places = new SlotPool(backend.imagePlaces());
  }

  /** Lets the towers begin with a prompt's picture, if they run beside and it is their turn. */
  void lookAhead(ActiveRequest request) {
    Picture picture = unseen(request);
    if (beside.enabled()
        && picture != null
        && !reading.contains(picture.key())
        && pictures.where(picture.key()) == Found.NOWHERE
        && places.hasFree()) {
      look(request, picture);
    }
  }

  /** A picture of which nothing has been done yet; or null. */
  private static @Nullable Picture unseen(ActiveRequest request) {
    boolean begun = request.prefilled() > 0 || request.place() != ModelBackend.NO_PLACE;
    return begun ? null : request.request.prompt().picture();
  }

  /** Does the next part of a prompt within a budget of positions. */
  Fed feed(ActiveRequest request, int budget) {
    if (request.looking()) {
      return LOOKING;
    }
    Picture picture = unseen(request);
    if (picture != null) {
      Found where = pictures.where(picture.key());
      if (where == Found.NOWHERE && (beside.enabled() || reading.contains(picture.key()))) {
        return LOOKING;
      }
      // the towers, or a state's way from host memory, take an iteration's time for prompts
      boolean slow = where != Found.DEVICE;
      if (slow && budget < chunk) {
        return NOTHING;
      }
      if (where == Found.NOWHERE) {
        look(request, picture);
      } else {
        skipPicture(request, picture);
      }
      if (slow) {
        return new Fed(budget, 0);
      }
    }
    return feedPiece(request, budget);
  }

  /** Lets the prompt begin after its picture, as the state there is kept. */
  private void skipPicture(ActiveRequest request, Picture picture) {
    long start = nanoTime.getAsLong();
    Found found = pictures.restore(picture.key(), request.promptSlot());
    meters.pictureLookup(found);
    meters.deviceTime("picture_state", nanoTime.getAsLong() - start);
    meters.cachedTokens(picture.end());
    request.reused(picture.end());
    request.reservation.returnTokens(picture.end());
  }

  private void look(ActiveRequest request, Picture picture) {
    int place = places.take();
    request.place(place);
    request.looking(true);
    if (pictures.enabled()) {
      meters.pictureLookup(Found.NOWHERE);
      reading.add(picture.key());
    }
    beside.call(
        Kind.TOWERS,
        () -> {
          if (request.ended()) {
            return false;
          }
          long start = nanoTime.getAsLong();
          backend.look(picture.pixels(), place);
          meters.deviceTime("vision", nanoTime.getAsLong() - start);
          return true;
        },
        outcome -> {
          request.looking(false);
          looked.accept(request, outcome);
          if (request.ended()) {
            forget(request);
          }
        });
  }

  /** Takes back what a request that has ended holds, or later if the towers still write there. */
  void forget(ActiveRequest request) {
    if (request.place() == ModelBackend.NO_PLACE || request.looking()) {
      return;
    }
    places.give(request.place());
    request.place(ModelBackend.NO_PLACE);
    Picture picture = request.request.prompt().picture();
    if (picture != null) {
      reading.remove(picture.key());
    }
  }

  private Fed feedPiece(ActiveRequest request, int budget) {
    PromptInput input = request.request.prompt();
    int from = request.prefilled();
    int to = input.pieceEnd(from, chunk);
    int tokens = to - from;
    if (tokens > budget) {
      return NOTHING;
    }
    long start = nanoTime.getAsLong();
    float[] logits = backend.prefill(request.promptSlot(), input, request.place(), from, to);
    meters.deviceTime("prefill", nanoTime.getAsLong() - start);
    meters.promptTokens(tokens);
    request.reservation.returnTokens(tokens);
    boolean moved = pastPicture(request, to, logits);
    request.prefilledTo(to, logits, to == input.tokens());
    return new Fed(moved ? budget : tokens, tokens);
  }

  /** Keeps the state after a picture; true if one had to go to host memory for it. */
  private boolean pastPicture(ActiveRequest request, int position, float[] logits) {
    Picture picture = request.request.prompt().picture();
    if (picture == null || position != picture.end()) {
      return false;
    }
    forget(request);
    if (!pictures.enabled() || !finite(logits)) {
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
