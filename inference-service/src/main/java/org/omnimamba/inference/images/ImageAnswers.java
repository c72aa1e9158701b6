package org.omnimamba.inference.images;

import java.util.List;
import org.omnimamba.inference.api.Answers;
import org.omnimamba.inference.api.Caller;
import org.omnimamba.inference.api.Checked;
import org.omnimamba.inference.api.EngineStreams;
import org.omnimamba.inference.api.SseEvent;
import org.omnimamba.inference.api.Workers;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs image jobs and encodes what comes out, on worker threads. */
@Component
final class ImageAnswers implements Answers<ImageGenerationRequest, ImageJob> {
  private final ImageRequestReader requests;
  private final EngineStreams generations;
  private final Workers workers;

  ImageAnswers(ImageRequestReader requests, EngineStreams generations, Workers workers) {
    this.requests = requests;
    this.generations = generations;
    this.workers = workers;
  }

  @Override
  public Checked<ImageJob> check(Caller caller, ImageGenerationRequest request) {
    return requests.read(caller, request);
  }

  @Override
  public boolean isStreamed(ImageJob job) {
    return job.stream();
  }

  @Override
  public int promptTokens(ImageJob job) {
    return job.promptTokens();
  }

  /** All pictures at once. */
  @Override
  public Mono<ImageResult> whole(ImageJob job) {
    return generations
        .run(job.generation(), workers.outgoing())
        .collect(() -> new ImageResultBuilder(job), ImageResultBuilder::add)
        .map(ImageResultBuilder::result);
  }

  /** Pictures, finished or not, as they come. */
  @Override
  public Flux<SseEvent> stream(ImageJob job) {
    return Flux.defer(
        () -> {
          ImageEvents events = new ImageEvents(job);
          return generations
              .run(job.generation(), workers.outgoing())
              .concatMapIterable(event -> List.<ImageEvent>copyOf(events.of(event)))
              .map(event -> SseEvent.named(event.type(), event));
        });
  }
}
