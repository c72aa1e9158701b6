package org.omnimamba.jobs.web.responses;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.omnimamba.jobs.response.ConversationMemory;
import org.omnimamba.jobs.response.ResponseAssembly;
import org.omnimamba.jobs.response.ResponseEngine;
import org.omnimamba.jobs.response.ResponseRequest;
import org.omnimamba.jobs.response.ResponseStore;
import org.omnimamba.jobs.response.StoredResponse;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.worker.JobMemory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers responses whose client waits. When the client goes away, the answer is given up and
 * nothing is kept.
 */
@Component
@ConditionalOnApi
class ForegroundResponses {
  private final ResponseEngine engine;
  private final ResponseStore store;
  private final ResponseLimit limit;
  private final JobMemory answers;
  private final ConversationMemory conversations;
  private final Clock clock;

  ForegroundResponses(
      ResponseEngine engine,
      ResponseStore store,
      ResponseLimit limit,
      JobMemory answers,
      ConversationMemory conversations,
      Clock clock) {
    this.engine = engine;
    this.store = store;
    this.limit = limit;
    this.answers = answers;
    this.conversations = conversations;
    this.clock = clock;
  }

  /** The whole response, which is kept by then if it is to be. */
  Mono<ObjectNode> whole(String tenant, String requestId, ResponseRequest request) {
    return Mono.using(
            this::open,
            memory ->
                begin(tenant, request, memory)
                    .flatMap(begun -> whole(tenant, requestId, request, begun)),
            Memory::close)
        .onErrorMap(ResponseErrors::of);
  }

  private Mono<ObjectNode> whole(
      String tenant, String requestId, ResponseRequest request, Begun begun) {
    return answer(tenant, requestId, request, begun)
        .doOnNext(begun.assembly()::accept)
        .then(Mono.fromSupplier(begun.assembly()::end))
        .flatMap(end -> keep(tenant, request, begun, end))
        .map(end -> begun.response().endedWith(end).object());
  }

  /**
   * The events of the response. One that fails before inference-service has begun to answer fails
   * as a whole; later, its last event says so.
   */
  Flux<ObjectNode> events(String tenant, String requestId, ResponseRequest request) {
    return Flux.using(
            this::open,
            memory ->
                begin(tenant, request, memory)
                    .flatMapMany(begun -> events(tenant, requestId, request, begun)),
            Memory::close)
        .onErrorMap(ResponseErrors::of);
  }

  private Flux<ObjectNode> events(
      String tenant, String requestId, ResponseRequest request, Begun begun) {
    ResponseAssembly assembly = begun.assembly();
    AtomicBoolean began = new AtomicBoolean();
    Flux<ObjectNode> answer =
        answer(tenant, requestId, request, begun)
            .concatMapIterable(
                event -> {
                  List<ObjectNode> events = new ArrayList<>();
                  if (began.compareAndSet(false, true)) {
                    events.addAll(assembly.began());
                  }
                  events.addAll(assembly.accept(event));
                  return events;
                });
    Flux<ObjectNode> end =
        Mono.fromSupplier(assembly::end)
            .flatMap(ended -> keep(tenant, request, begun, ended))
            .flatMapIterable(assembly::ended);
    return answer
        .concatWith(end)
        .onErrorResume(
            failure -> began.get() ? failed(tenant, request, begun, failure) : Flux.error(failure));
  }

  private Flux<ObjectNode> failed(
      String tenant, ResponseRequest request, Begun begun, Throwable failure) {
    ObjectNode end = ResponseAssembly.failure(ResponseErrors.message(failure));
    return keep(tenant, request, begun, end)
        .onErrorReturn(end)
        .map(begun.assembly()::failed)
        .flux();
  }

  private Flux<JsonNode> answer(
      String tenant, String requestId, ResponseRequest request, Begun begun) {
    return limit.limit(
        tenant,
        engine.answer(
            request.endpoint(), tenant, requestId, request.upstream(begun.conversation())));
  }

  private Mono<ObjectNode> keep(
      String tenant, ResponseRequest request, Begun begun, ObjectNode end) {
    return request.store()
        ? store.save(tenant, begun.response(), request, end).thenReturn(end)
        : Mono.just(end);
  }

  private record Begun(
      ArrayNode conversation, StoredResponse response, ResponseAssembly assembly) {}

  private Mono<Begun> begin(String tenant, ResponseRequest request, Memory memory) {
    return store
        .conversation(tenant, request.previous(), memory.conversation())
        .flatMap(
            conversation ->
                store
                    .begin(request)
                    .map(
                        response ->
                            new Begun(
                                conversation,
                                response,
                                new ResponseAssembly(
                                    response, request.draws(), memory.answer(), clock))));
  }

  private record Memory(JobMemory.Space answer, ConversationMemory.Space conversation) {
    void close() {
      answer.close();
      conversation.close();
    }
  }

  /** What is asked counts as the body of the request. */
  private Memory open() {
    return new Memory(answers.open(0), conversations.open());
  }
}
