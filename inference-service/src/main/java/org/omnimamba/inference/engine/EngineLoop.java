package org.omnimamba.inference.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.omnimamba.inference.engine.ActiveRequest.Start;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.inference.engine.PromptFeeder.Fed;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.sampling.TokenSampler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens between two looks at the inbox: one iteration, as the package description lists it.
 * Engine thread only.
 */
final class EngineLoop {
  private static final Logger log = LoggerFactory.getLogger(EngineLoop.class);

  /**
   * So many tokens of a call of several let one picture be drawn after it. A picture takes about as
   * long as two steps, and sequences that end together must not wait for one call each.
   */
  private static final int TOKENS_PER_PICTURE = 2;

  private final ModelBackend backend;
  private final int prefillChunk;
  private final DeviceHealth health;
  private final EngineMeters meters;
  private final Throughput throughput;
  private final LongSupplier nanoTime;

  private final TokenSampler sampler = new TokenSampler();
  private final SlotPool slots;
  private final PictureStates pictures;
  private final PromptFeeder feeder;
  private final WaitingLine waiting;
  private final Deque<ActiveRequest> prefilling = new ArrayDeque<>();
  private final List<ActiveRequest> starting = new ArrayList<>();
  private final List<RunningSequence> running = new ArrayList<>();
  private final Deque<Drawing> drawings = new ArrayDeque<>();
  private final List<ActiveRequest> all = new ArrayList<>();
  private long tokensThisIteration;

  EngineLoop(
      ModelBackend backend,
      EngineSettings settings,
      DeviceHealth health,
      EngineMeters meters,
      Throughput throughput,
      LongSupplier nanoTime) {
    this.backend = backend;
    this.prefillChunk = settings.prefillChunk();
    this.health = health;
    this.meters = meters;
    this.throughput = throughput;
    this.nanoTime = nanoTime;
    this.slots = new SlotPool(backend.slots());
    this.waiting = new WaitingLine(settings.shares().jobs());
    this.pictures = new PictureStates(backend, settings.pictureHostBytes());
    this.feeder = new PromptFeeder(backend, prefillChunk, pictures, meters, nanoTime);
  }

  void add(ActiveRequest request) {
    all.add(request);
    waiting.add(request);
  }

  boolean hasWork() {
    return !all.isEmpty();
  }

  void iterate() {
    long start = nanoTime.getAsLong();
    tokensThisIteration = 0;
    dropInterrupted(start);
    handOutSlots();
    prefill();
    startSequences();
    int tokens = decode();
    for (int pictures = Math.max(1, tokens / TOKENS_PER_PICTURE); pictures > 0; pictures--) {
      draw();
    }
    throughput.add(tokensThisIteration, nanoTime.getAsLong() - start);
    meters.load(running.size(), waiting.sequences(), slots.inUse());
    meters.pictureStates(pictures.deviceEntries(), pictures.hostBytes());
  }

  /** Ends everything that is left with the same failure. */
  void failAll(EngineException failure) {
    pictures.forgetDevice();
    for (ActiveRequest request : List.copyOf(all)) {
      fail(request, failure);
    }
    meters.load(0, 0, slots.inUse());
  }

  private void dropInterrupted(long now) {
    for (ActiveRequest request : List.copyOf(all)) {
      EngineException interruption = request.interruption(now);
      if (interruption != null) {
        fail(request, interruption);
      }
    }
  }

  private void handOutSlots() {
    while (slots.hasFree()) {
      ActiveRequest head = waiting.head();
      if (head == null) {
        return;
      }
      if (!head.holdsSlot()) {
        prefilling.add(head);
        meters.queueTime(nanoTime.getAsLong() - head.submittedNanos);
      }
      head.addSlot(slots.take());
      if (head.holdsAllSlots()) {
        waiting.remove(head);
      }
    }
  }

  /** Feeds prompts one after the other, so that a second question on a picture finds its state. */
  private void prefill() {
    int budget = prefillChunk;
    ActiveRequest request = prefilling.peek();
    while (request != null) {
      try {
        Fed fed = feeder.feed(request, budget);
        if (fed.cost() == 0) {
          return;
        }
        health.succeeded();
        budget -= fed.cost();
        tokensThisIteration += fed.tokens();
        if (request.promptDone()) {
          prefilling.remove();
          starting.add(request);
        }
      } catch (RuntimeException | Error e) {
        deviceFailed(List.of(request), "prefill", e);
      }
      request = prefilling.peek();
    }
  }

  private void startSequences() {
    for (ActiveRequest request : List.copyOf(starting)) {
      try {
        Start start = request.nextStart();
        while (start != null) {
          start(request, start);
          start = request.ended() ? null : request.nextStart();
        }
      } catch (RuntimeException | Error e) {
        deviceFailed(List.of(request), "copying a state", e);
      }
      if (request.allStarted()) {
        starting.remove(request);
      }
    }
  }

  private void start(ActiveRequest request, Start start) {
    long now = nanoTime.getAsLong();
    RunningSequence sequence =
        new RunningSequence(request, start.index(), start.sequence(), start.slot(), now);
    running.add(sequence);
    if (start.copy()) {
      backend.copyState(request.promptSlot(), start.slot());
    }
    if (start.index() == 0) {
      meters.firstToken(now - request.submittedNanos);
      tellPrompt(request);
    }
    if (!request.ended()) {
      accept(sequence, new StepOutput.Logits(start.logits()));
    }
  }

  private void tellPrompt(ActiveRequest request) {
    try {
      request.listener.onPrompt(request.reused());
    } catch (RuntimeException e) {
      fail(request, new EngineException(Reason.FAILED, "The request failed.", null, e));
    }
  }

  /**
   * One token of every running sequence, of both tasks, for one pass over the weights; or several
   * in one call, if no other request could join them.
   *
   * @return tokens that each sequence has got
   */
  private int decode() {
    if (running.isEmpty()) {
      return 0;
    }
    boolean several = prefilling.isEmpty() && starting.isEmpty();
    DecodeBatch batch = DecodeBatch.of(running, several ? backend.tokensPerCall() : 1);
    StepOutput[][] outputs;
    long start = nanoTime.getAsLong();
    try {
      outputs = batch.run(backend);
    } catch (RuntimeException | Error e) {
      deviceFailed(batch.owners(), "a decode step", e);
      return 0;
    }
    health.succeeded();
    long now = nanoTime.getAsLong();
    meters.deviceTime("decode", now - start);
    for (int index = 0; index < batch.tokens(); index++) {
      for (int row = 0; row < outputs.length; row++) {
        RunningSequence sequence = batch.sequences().get(row);
        if (!sequence.owner.ended() && !sequence.finished()) {
          meters.interToken(sequence.markToken(now));
          accept(sequence, outputs[row][index]);
        }
      }
    }
    return batch.tokens();
  }

  /** Takes or draws the next token; whatever goes wrong here concerns this request alone. */
  private void accept(RunningSequence sequence, StepOutput output) {
    ActiveRequest owner = sequence.owner;
    try {
      GeneratedToken token = sequence.accept(output, sampler);
      tokensThisIteration++;
      owner.reservation.returnTokens(1);
      meters.generatedToken(owner.task());
      owner.listener.onToken(sequence.index, token);
      int partial = sequence.duePartial();
      FinishReason reason = token.finishReason();
      if (reason != null) {
        finish(sequence, reason);
      } else if (partial >= 0) {
        drawings.add(new Drawing(sequence, sequence.ids(), partial));
      }
    } catch (RuntimeException e) {
      log.warn("Request {} failed while a token was chosen", owner.request.id(), e);
      fail(owner, new EngineException(Reason.FAILED, "The request failed.", null, e));
    }
  }

  private void finish(RunningSequence sequence, FinishReason reason) {
    ActiveRequest owner = sequence.owner;
    running.remove(sequence);
    slots.give(sequence.slot);
    owner.reservation.returnTokens(owner.request.maxTokens() - sequence.generated());
    meters.finished(reason);
    if (owner.task() == Task.T2I) {
      drawings.add(new Drawing(sequence, sequence.ids(), Drawing.FINAL));
    } else {
      sequenceDone(owner);
    }
  }

  /** Draws one picture, if one is complete. */
  private void draw() {
    Drawing drawing = drawings.poll();
    while (drawing != null && drawing.outdated()) {
      drawing = drawings.poll();
    }
    if (drawing == null) {
      return;
    }
    ActiveRequest owner = drawing.sequence().owner;
    long start = nanoTime.getAsLong();
    RgbImage image;
    try {
      image = backend.draw(drawing.codes());
    } catch (RuntimeException | Error e) {
      deviceFailed(List.of(owner), "drawing a picture", e);
      return;
    }
    health.succeeded();
    meters.deviceTime("draw", nanoTime.getAsLong() - start);
    try {
      if (drawing.isFinal()) {
        meters.image();
        owner.listener.onImage(drawing.sequence().index, image);
        sequenceDone(owner);
      } else {
        owner.listener.onPartialImage(drawing.sequence().index, drawing.partial(), image);
      }
    } catch (RuntimeException e) {
      fail(owner, new EngineException(Reason.FAILED, "The request failed.", null, e));
    }
  }

  private void sequenceDone(ActiveRequest request) {
    if (request.sequenceDone()) {
      end(request);
      meters.requestCompleted(nanoTime.getAsLong() - request.submittedNanos);
      request.listener.onCompleted();
    }
  }

  private void deviceFailed(List<ActiveRequest> affected, String what, Throwable cause) {
    log.error("The device failed in {}; {} requests end", what, affected.size(), cause);
    health.failed(nanoTime.getAsLong());
    pictures.forgetDevice();
    for (ActiveRequest request : affected) {
      fail(
          request,
          new EngineException(Reason.FAILED, "The model failed in this request.", null, cause));
    }
  }

  private void fail(ActiveRequest request, EngineException failure) {
    if (!end(request)) {
      return;
    }
    meters.failed(failure.reason());
    try {
      request.listener.onFailed(failure);
    } catch (RuntimeException e) {
      log.warn("A listener failed for request {}", request.request.id(), e);
    }
  }

  /** Takes back all a request holds; true the first time. */
  private boolean end(ActiveRequest request) {
    if (!request.end()) {
      return false;
    }
    for (Iterator<RunningSequence> i = running.iterator(); i.hasNext(); ) {
      RunningSequence sequence = i.next();
      if (sequence.owner == request) {
        slots.give(sequence.slot);
        i.remove();
      }
    }
    request.releaseIdleSlots(slots);
    waiting.remove(request);
    prefilling.remove(request);
    starting.remove(request);
    drawings.removeIf(drawing -> drawing.sequence().owner == request);
    all.remove(request);
    request.reservation.close();
    return true;
  }
}
