package org.omnimamba.inference.images;

import java.util.List;
import org.omnimamba.inference.api.Generations;
import org.omnimamba.inference.api.SseEvent;
import org.omnimamba.inference.api.Workers;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Runs image jobs and encodes what comes out, on worker threads. */
@Component
final class ImageAnswers {
  private final Generations generations;
  private final Workers workers;

  ImageAnswers(Generations generations, Workers workers) {
    this.generations = generations;
    this.workers = workers;
  }

  /** All pictures at once. */
  Mono<ImageResult> whole(ImageJob job) {
    return generations
        .run(job.generation(), workers.outgoing())
        .collect(() -> new ImageCollector(job), ImageCollector::add)
        .map(ImageCollector::result);
  }

  /** Pictures, finished or not, as they come. */
  Flux<SseEvent> stream(ImageJob job) {
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
