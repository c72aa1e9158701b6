package org.omnimamba.jobs.web.responses;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.response.ConversationMemory;
import org.omnimamba.jobs.response.ResponseEvents;
import org.omnimamba.jobs.response.ResponseIds;
import org.omnimamba.jobs.response.ResponseRequest;
import org.omnimamba.jobs.response.ResponseStore;
import org.omnimamba.jobs.response.ResponseSubmissions;
import org.omnimamba.jobs.response.StoredResponse;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.jobs.StreamLimit;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.job.DeleteOutcome;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.shutdown.ServiceStop;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Responses that are jobs: submitted, followed, cancelled and deleted. */
@Component
@ConditionalOnApi
class BackgroundResponses {
  /** How long the answer to a cancellation waits for the worker to stop. */
  private static final Duration STOPPING = Duration.ofSeconds(5);

  private final ResponseSubmissions submissions;
  private final ResponseStore store;
  private final ConversationMemory memory;
  private final JobQueue queue;
  private final JobWatcher watcher;
  private final StreamLimit streams;
  private final ServiceStop stop;

  BackgroundResponses(
      ResponseSubmissions submissions,
      ResponseStore store,
      ConversationMemory memory,
      JobQueue queue,
      JobWatcher watcher,
      StreamLimit streams,
      ServiceStop stop) {
    this.submissions = submissions;
    this.store = store;
    this.memory = memory;
    this.queue = queue;
    this.watcher = watcher;
    this.streams = streams;
    this.stop = stop;
  }

  /** The response as it is once it is queued, or that of an earlier request with the key. */
  Mono<StoredResponse> submit(
      String tenant, ResponseRequest request, @Nullable String idempotencyKey) {
    return Mono.using(
            memory::open,
            space ->
                store
                    .conversation(tenant, request.previous(), space)
                    .flatMap(
                        earlier ->
                            submissions.submit(
                                tenant, request, request.upstream(earlier), idempotencyKey)),
            ConversationMemory.Space::close)
        .map(BackgroundResponses::submitted)
        .flatMap(job -> store.find(tenant, job.id()))
        .onErrorMap(ResponseErrors::of);
  }

  private static Job submitted(SubmitOutcome outcome) {
    if (outcome instanceof SubmitOutcome.Accepted accepted) {
      return accepted.job();
    }
    if (outcome instanceof SubmitOutcome.Replayed replayed) {
      return replayed.job();
    }
    if (outcome instanceof SubmitOutcome.StillRunning running) {
      return running.job();
    }
    if (outcome instanceof SubmitOutcome.QueueFull full) {
      throw new OpenAiError(
              HttpStatus.TOO_MANY_REQUESTS,
              null,
              null,
              "queue_full",
              "There are " + full.limit() + " background responses waiting, as many as may wait.")
          .withRetryAfter(full.retryAfter());
    }
    throw new OpenAiError(
            HttpStatus.UNPROCESSABLE_CONTENT,
            null,
            null,
            "idempotency_key_reused",
            "This Idempotency-Key was used before with another request.")
        .withHeader("X-Should-Retry", "false");
  }

  /**
   * The events after one that the client has seen, as they happen, until the response has ended. A
   * stream that ends earlier, because the service stops, can be asked for again.
   *
   * @param after the number of the last event seen, -1 for none
   * @throws OpenAiError when there is no such event yet
   */
  Flux<ObjectNode> events(String tenant, StoredResponse response, long after) {
    long last = ResponseEvents.replay(response).size() - 1L;
    if (after > last) {
      throw OpenAiError.invalid(
          "starting_after",
          "invalid_value",
          "The response has no event " + after + "; the last one so far is " + last + ".");
    }
    AtomicLong seen = new AtomicLong(after);
    Flux<ObjectNode> events =
        watcher
            .watch(tenant, response.id())
            .concatMap(job -> store.find(tenant, response.id()), 1)
            .concatMapIterable(ResponseEvents::replay)
            .filter(event -> event.path("sequence_number").longValue() > seen.get())
            .doOnNext(event -> seen.set(event.path("sequence_number").longValue()))
            .takeUntilOther(stop.begins());
    return streams.limit(tenant, events);
  }

  /** Cancels a response and gives it as it is then; one that has ended stays as it is. */
  Mono<StoredResponse> cancel(String tenant, UUID id) {
    return queue
        .cancel(tenant, id)
        .then(
            watcher
                .watch(tenant, id)
                .takeUntilOther(Mono.firstWithSignal(Mono.delay(STOPPING), stop.begins()))
                .then())
        .then(store.find(tenant, id));
  }

  /** Deletes a response that has ended, with its job. */
  Mono<Void> delete(String tenant, UUID id) {
    return queue
        .delete(tenant, id)
        .flatMap(
            outcome ->
                outcome instanceof DeleteOutcome.NotFinished
                    ? Mono.error(
                        OpenAiError.invalid(
                            null,
                            "response_not_ended",
                            "The response has not ended: cancel it before it is deleted."))
                    : outcome instanceof DeleteOutcome.NotFound
                        ? Mono.error(OpenAiError.notFound("response", ResponseIds.response(id)))
                        : Mono.empty());
  }
}
