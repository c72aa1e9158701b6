package org.omnimamba.inference.chat;

import org.omnimamba.inference.api.Answers;
import org.omnimamba.inference.api.Caller;
import org.omnimamba.inference.api.Checked;
import org.omnimamba.inference.api.EngineStreams;
import org.omnimamba.inference.api.SseEvent;
import org.omnimamba.inference.serving.ServedModel;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Runs chat jobs. */
@Component
final class ChatAnswers implements Answers<ChatCompletionRequest, ChatJob> {
  private final ChatRequestReader requests;
  private final EngineStreams generations;
  private final LogprobsWriter logprobs;

  ChatAnswers(ChatRequestReader requests, EngineStreams generations, ServedModel model) {
    this.requests = requests;
    this.generations = generations;
    this.logprobs = new LogprobsWriter(model.tokenizer(), model.config().specialTokens().eos());
  }

  @Override
  public Checked<ChatJob> check(Caller caller, ChatCompletionRequest request) {
    return requests.read(caller, request);
  }

  @Override
  public boolean isStreamed(ChatJob job) {
    return job.stream();
  }

  @Override
  public int promptTokens(ChatJob job) {
    return job.promptTokens();
  }

  /** The whole answer at once. */
  @Override
  public Mono<ChatCompletion> whole(ChatJob job) {
    return generations
        .run(job.generation(), Schedulers.parallel())
        .collect(() -> new ChatCompletionBuilder(job, logprobs), ChatCompletionBuilder::add)
        .map(ChatCompletionBuilder::result);
  }

  /** The answer token by token, ending with {@code [DONE]}. */
  @Override
  public Flux<SseEvent> stream(ChatJob job) {
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
