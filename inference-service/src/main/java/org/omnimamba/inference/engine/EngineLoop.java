package org.omnimamba.inference.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import org.omnimamba.inference.engine.ActiveRequest.Start;
import org.omnimamba.inference.engine.Beside.Outcome;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.inference.engine.PromptFeeder.Fed;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
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

  private final ModelBackend backend;
  private final int prefillChunk;
  private final DeviceHealth health;
  private final EngineMeters meters;
  private final Throughput throughput;
  private final LongSupplier nanoTime;

  private final TokenSampler sampler = new TokenSampler();
  private final SlotPool slots;
  private final PictureStates pictures;
  private final Beside beside;
  private final Events events;
  private final PromptFeeder feeder;
  private final Drawings drawings;
  private final WaitingLine waiting;
  private final Deque<ActiveRequest> prefilling = new ArrayDeque<>();
  private final List<ActiveRequest> starting = new ArrayList<>();
  private final List<RunningSequence> running = new ArrayList<>();
  private final List<ActiveRequest> all = new ArrayList<>();
  private long tokensThisIteration;
  private boolean progressed;

  EngineLoop(
      ModelBackend backend,
      EngineSettings settings,
      Beside beside,
      Events events,
      DeviceHealth health,
      EngineMeters meters,
      Throughput throughput,
      LongSupplier nanoTime) {
    this.backend = backend;
    this.prefillChunk = settings.prefillChunk();
    this.beside = beside;
    this.events = events;
    this.health = health;
    this.meters = meters;
    this.throughput = throughput;
    this.nanoTime = nanoTime;
    this.slots = new SlotPool(backend.slots());
    this.waiting = new WaitingLine(settings.shares().jobs());
    this.pictures = new PictureStates(backend, settings.pictureHostBytes());
    this.feeder =
        new PromptFeeder(
            backend, prefillChunk, pictures, beside, meters, nanoTime, this::towersDone);
    this.drawings =
        new Drawings(backend, beside, events, meters, nanoTime, this::completed, this::pictureDone);
  }

  void add(ActiveRequest request) {
    all.add(request);
    waiting.add(request);
  }

  boolean hasWork() {
    return !all.isEmpty() || beside.hasResults();
  }

  /** Whether all that is left to do waits for a call in the second thread. */
  boolean waits() {
    return !progressed && beside.busy() && all.stream().noneMatch(ActiveRequest::mustEnd);
  }

  /** Nanoseconds until the first request's time is over, by the engine's clock. */
  long untilDeadline(long now) {
    return all.stream()
        .mapToLong(request -> request.deadlineNanos() - now)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  void iterate() {
    long start = nanoTime.getAsLong();
    tokensThisIteration = 0;
    progressed = beside.finish();
    dropInterrupted(start);
    handOutSlots();
    boolean promptsGoOn = prefill();
    startSequences();
    int tokens = decode(!promptsGoOn && starting.isEmpty());
    progressed |= tokens > 0;
    progressed |= drawings.draw(tokens);
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
        if (interruption.reason() == Reason.DEADLINE) {
          log.warn("Request {} is out of time; {}", request.request.id(), whereabouts(request));
        }
        fail(request, interruption);
      }
    }
  }

  /** How far a request came, for the log: what took its time. */
  private String whereabouts(ActiveRequest request) {
    if (!request.holdsSlot()) {
      return "it waits for a slot, of which %d of %d are in use"
          .formatted(slots.inUse(), slots.size());
    }
    if (prefilling.contains(request)) {
      return "%d of %d positions of its prompt were read, and its picture is %s"
          .formatted(
              request.prefilled(),
              request.request.prompt().tokens(),
              request.looking() ? "with the towers" : "not");
    }
    long sequences = running.stream().filter(sequence -> sequence.owner == request).count();
    return "%d of its %d sequences run".formatted(sequences, request.sequences());
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

  /**
   * Feeds prompts one after the other; those that wait for the towers let others go first.
   *
   * @return whether one could be fed further now
   */
  private boolean prefill() {
    prefilling.forEach(feeder::lookAhead);
    int budget = prefillChunk;
    for (ActiveRequest request : List.copyOf(prefilling)) {
      while (!request.promptDone() && !request.ended()) {
        Fed fed = feed(request, budget);
        if (fed == PromptFeeder.LOOKING) {
          break;
        }
        if (fed.cost() == 0) {
          return true;
        }
        budget -= fed.cost();
        tokensThisIteration += fed.tokens();
        progressed = true;
      }
      if (request.promptDone() && !request.ended()) {
        prefilling.remove(request);
        starting.add(request);
      }
    }
    return false;
  }

  private Fed feed(ActiveRequest request, int budget) {
    try {
      Fed fed = feeder.feed(request, budget);
      if (fed.tokens() > 0) {
        health.succeeded();
      }
      return fed;
    } catch (RuntimeException | Error e) {
      deviceFailed(List.of(request), "prefill", e);
      return PromptFeeder.LOOKING;
    }
  }

  private void towersDone(ActiveRequest request, Outcome outcome) {
    ended(request, "the towers", outcome);
  }

  private void pictureDone(ActiveRequest request, Outcome outcome) {
    ended(request, "drawing a picture", outcome);
    if (request.ended()) {
      release(request);
    }
  }

  private void ended(ActiveRequest request, String what, Outcome outcome) {
    if (outcome.failure() != null) {
      deviceFailed(List.of(request), what, outcome.failure());
    } else if (outcome.ran()) {
      health.succeeded();
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
      int reused = request.reused();
      events.tell(request, listener -> listener.onPrompt(reused));
    }
    progressed = true;
    accept(sequence, new StepOutput.Logits(start.logits()));
  }

  /**
   * One token of every running sequence, of both tasks, for one pass over the weights; or several
   * in one call, if no other request could join them.
   *
   * @param several whether there may be several
   * @return tokens that each sequence has got
   */
  private int decode(boolean several) {
    if (running.isEmpty()) {
      return 0;
    }
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
    for (int row = 0; row < outputs.length; row++) {
      RunningSequence sequence = batch.sequences().get(row);
      for (StepOutput output : outputs[row]) {
        if (!sequence.owner.ended() && !sequence.finished()) {
          meters.interToken(sequence.markToken(now));
          accept(sequence, output);
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
      events.tell(owner, listener -> listener.onToken(sequence.index, token));
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

  private void sequenceDone(ActiveRequest request) {
    if (request.sequenceDone()) {
      completed(request);
      release(request);
    }
  }

  /** Ends a request whose last sequence is done. Any thread. */
  private void completed(ActiveRequest request) {
    if (request.end()) {
      request.reservation.close();
      meters.requestCompleted(nanoTime.getAsLong() - request.submittedNanos);
      events.tellEnd(request, RequestListener::onCompleted);
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
    if (request.end()) {
      release(request);
      meters.failed(failure.reason());
      events.tellEnd(request, listener -> listener.onFailed(failure));
    }
  }

  /** Takes back all that a request which has ended holds. */
  private void release(ActiveRequest request) {
    progressed = true;
    for (Iterator<RunningSequence> i = running.iterator(); i.hasNext(); ) {
      RunningSequence sequence = i.next();
      if (sequence.owner == request) {
        slots.give(sequence.slot);
        i.remove();
      }
    }
    request.releaseIdleSlots(slots);
    feeder.forget(request);
    waiting.remove(request);
    prefilling.remove(request);
    starting.remove(request);
    drawings.forget(request);
    all.remove(request);
    request.reservation.close();
  }
}
