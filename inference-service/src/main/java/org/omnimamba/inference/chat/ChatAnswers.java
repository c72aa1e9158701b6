package org.omnimamba.inference.chat;

import org.omnimamba.inference.api.Generations;
import org.omnimamba.inference.api.SseEvent;
import org.omnimamba.inference.serving.ServedModel;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Runs chat jobs. */
@Component
final class ChatAnswers {
  private final Generations generations;
  private final LogprobsWriter logprobs;

  ChatAnswers(Generations generations, ServedModel model) {
    this.generations = generations;
    this.logprobs = new LogprobsWriter(model.tokenizer());
  }

  /** The whole answer at once. */
  Mono<ChatCompletion> whole(ChatJob job) {
    return generations
        .run(job.generation(), Schedulers.parallel())
        .collect(() -> new ChatCollector(job, logprobs), ChatCollector::add)
        .map(ChatCollector::result);
  }

  /** The answer token by token, ending with {@code [DONE]}. */
  Flux<SseEvent> stream(ChatJob job) {
    return Flux.defer(
        () -> {
          ChatEvents events = new ChatEvents(job, logprobs);
          return generations
              .run(job.generation(), Schedulers.parallel())
              .concatMapIterable(events::of)
              .concatWith(Flux.defer(() -> Flux.fromIterable(events.end())))
              .map(SseEvent::of)
              .concatWithValues(SseEvent.done());
        });
  }
}
