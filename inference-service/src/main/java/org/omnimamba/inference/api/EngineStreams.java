package org.omnimamba.inference.api;

import org.omnimamba.inference.api.GenerationEvent.PartialPicture;
import org.omnimamba.inference.api.GenerationEvent.Picture;
import org.omnimamba.inference.api.GenerationEvent.PromptRead;
import org.omnimamba.inference.api.GenerationEvent.Token;
import org.omnimamba.inference.engine.AcceptedRequest;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.EngineException;
import org.omnimamba.inference.engine.GenerationRequest;
import org.omnimamba.inference.engine.RequestListener;
import org.omnimamba.inference.engine.Requester;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.image.RgbImage;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** The engine as a source of streams. */
@Component
public final class EngineStreams {
  private final Engine engine;
  private final Sinks.Empty<GenerationEvent> abandoned = Sinks.empty();

  EngineStreams(Engine engine) {
    this.engine = engine;
  }

  /**
   * Fails unless the engine would take a request, so that no work goes into one it would not.
   *
   * @throws EngineException saying why
   */
  public void requireReady() {
    engine.requireReady();
  }

  /**
   * Fails if there is no room for a request of this size now; for use before costly preparation.
   *
   * @param tokens of the prompt and of all completions at their longest
   * @throws EngineException saying why and when to come again
   */
  public void requireRoom(Requester requester, int sequences, long tokens) {
    engine.requireRoom(requester, sequences, tokens);
  }

  /**
   * Submits the request when subscribed to and cancels it when the subscriber goes. What the
   * subscriber does not take at once waits in memory; a request's own size bounds it.
   *
   * @param scheduler where events are published: the engine's own thread has steps to run
   */
  public Flux<GenerationEvent> run(GenerationRequest request, Scheduler scheduler) {
    return Flux.deferContextual(context -> events(request, UsageTally.of(context)))
        .publishOn(scheduler)
        .takeUntilOther(abandoned.asMono());
  }

  private Flux<GenerationEvent> events(GenerationRequest request, UsageTally tally) {
    return Flux.create(
        sink -> {
          AcceptedRequest generation = engine.submit(request, new Forwarder(sink, tally));
          sink.onDispose(generation::cancel);
        },
        FluxSink.OverflowStrategy.BUFFER);
  }

  /**
   * Ends everything that runs, for when the engine does not return from the device though it should
   * stop: each request gets the error that the engine would have given it.
   */
  public void abandon() {
    abandoned.tryEmitError(EngineException.shuttingDown());
  }

  private record Forwarder(FluxSink<GenerationEvent> sink, UsageTally tally)
      implements RequestListener {
    @Override
    public void onPrompt(int cachedTokens) {
      tally.promptRead(cachedTokens);
      sink.next(new PromptRead(cachedTokens));
    }

    @Override
    public void onToken(int index, GeneratedToken token) {
      tally.token();
      sink.next(new Token(index, token));
    }

    @Override
    public void onPartialImage(int index, int partial, RgbImage image) {
      sink.next(new PartialPicture(index, partial, image));
    }

    @Override
    public void onImage(int index, RgbImage image) {
      tally.picture();
      sink.next(new Picture(index, image));
    }

    @Override
    public void onCompleted() {
      tally.end();
      sink.complete();
    }

    @Override
    public void onFailed(EngineException failure) {
      tally.end();
      sink.error(failure);
    }
  }
}
