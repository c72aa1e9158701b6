package org.omnimamba.inference.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.Beside.Kind;
import org.omnimamba.inference.engine.Beside.Outcome;
import org.omnimamba.model.image.RgbImage;

/**
 * Pictures whose tokens are there. They are drawn one at a time, so that none depends on others,
 * and told of as soon as they are there. Engine thread only, apart from what runs beside.
 */
final class Drawings {
  /**
   * So many tokens of a call of several let one picture be drawn after it, where that is not done
   * beside the steps. A picture takes about as long as two steps, and sequences that end together
   * must not wait for one call each.
   */
  private static final int TOKENS_PER_PICTURE = 2;

  private final ModelBackend backend;
  private final Beside beside;
  private final Events events;
  private final EngineMeters meters;
  private final LongSupplier nanoTime;
  private final Consumer<ActiveRequest> completed;
  private final BiConsumer<ActiveRequest, Outcome> done;
  private final Deque<Drawing> waiting = new ArrayDeque<>();

  /**
   * @param completed is told of a request that has nothing left to do, in the thread that drew
   * @param done is told in the engine's thread that a picture of a request was drawn, or not
   */
  Drawings(
      ModelBackend backend,
      Beside beside,
      Events events,
      EngineMeters meters,
      LongSupplier nanoTime,
      Consumer<ActiveRequest> completed,
      BiConsumer<ActiveRequest, Outcome> done) {
    this.backend = backend;
    this.beside = beside;
    this.events = events;
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.completed = completed;
    this.done = done;
  }

  void add(Drawing drawing) {
    waiting.add(drawing);
  }

  void forget(ActiveRequest request) {
    waiting.removeIf(drawing -> drawing.sequence().owner == request);
  }

  /**
   * Draws what waits: all of it beside the steps, or after a step one picture.
   *
   * @param tokens that each sequence has got since the last time
   * @return whether there was one
   */
  boolean draw(int tokens) {
    int most = beside.enabled() ? Integer.MAX_VALUE : Math.max(1, tokens / TOKENS_PER_PICTURE);
    int drawn = 0;
    Drawing drawing = next();
    while (drawing != null) {
      start(drawing);
      drawn++;
      drawing = drawn < most ? next() : null;
    }
    return drawn > 0;
  }

  private @Nullable Drawing next() {
    Drawing drawing = waiting.poll();
    while (drawing != null && drawing.outdated()) {
      drawing = waiting.poll();
    }
    return drawing;
  }

  private void start(Drawing drawing) {
    ActiveRequest owner = drawing.sequence().owner;
    beside.call(Kind.PIXELS, () -> drawn(drawing), outcome -> done.accept(owner, outcome));
  }

  /** Draws and tells; in the second thread, where there is one. */
  private boolean drawn(Drawing drawing) {
    ActiveRequest owner = drawing.sequence().owner;
    if (owner.ended() || drawing.outdated()) {
      return false;
    }
    long start = nanoTime.getAsLong();
    RgbImage image = backend.draw(drawing.codes());
    meters.deviceTime("draw", nanoTime.getAsLong() - start);
    int index = drawing.sequence().index;
    if (drawing.isFinal()) {
      meters.image();
      events.tell(owner, listener -> listener.onImage(index, image));
      if (owner.sequenceDone()) {
        completed.accept(owner);
      }
    } else {
      events.tell(owner, listener -> listener.onPartialImage(index, drawing.partial(), image));
    }
    return true;
  }
}
