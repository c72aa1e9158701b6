package org.omnimamba.jobs.web.batches;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.batch.Batch;
import org.omnimamba.jobs.batch.BatchIds;
import org.omnimamba.jobs.batch.BatchStore;
import org.omnimamba.jobs.batch.NewBatch;
import org.omnimamba.jobs.file.FileIds;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.internal.Tenant;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Makes, shows, lists and cancels batches, in OpenAI's shapes. */
@RestController
@RequestMapping("/v1/batches")
@Tag(name = "Batches")
@ConditionalOnApi
class BatchesController {
  private static final String BATCH = "batch";
  private static final int MOST_LISTED = 100;

  private final BatchStore batches;
  private final FileStore files;
  private final JsonMapper json;
  private final BatchRequests requests;

  BatchesController(BatchStore batches, FileStore files, JsonMapper json) {
    this.batches = batches;
    this.files = files;
    this.json = json;
    this.requests = new BatchRequests(json);
  }

  @PostMapping
  @Operation(
      summary = "Makes a batch of the requests in a file",
      description = "The lines are judged afterwards: a bad one makes the batch fail.")
  Mono<BatchView> create(Tenant tenant, @RequestBody Mono<BatchView.Create> body) {
    return body.map(requests::read)
        .flatMap(batch -> requireInput(tenant, batch).thenReturn(batch))
        .flatMap(batch -> batches.create(tenant.name(), batch))
        .flatMap(outcome -> created(tenant, outcome));
  }

  private Mono<Void> requireInput(Tenant tenant, NewBatch batch) {
    String param = "input_file_id";
    return files
        .find(tenant.name(), batch.inputFile())
        .switchIfEmpty(
            Mono.error(
                () ->
                    OpenAiError.invalid(
                        param,
                        "file_not_found",
                        "There is no file '" + FileIds.name(batch.inputFile()) + "'.")))
        .filter(file -> file.purpose().equals(BATCH))
        .switchIfEmpty(
            Mono.error(
                () ->
                    OpenAiError.invalid(
                        param, "invalid_value", "The file must have the purpose 'batch'.")))
        .then();
  }

  private Mono<BatchView> created(Tenant tenant, SubmitOutcome outcome) {
    if (outcome instanceof SubmitOutcome.Accepted accepted) {
      return batches.find(tenant.name(), accepted.job().id()).map(this::view);
    }
    OpenAiError refusal =
        new OpenAiError(
            HttpStatus.TOO_MANY_REQUESTS,
            null,
            null,
            "batch_limit_exceeded",
            "As many batches wait as may wait.");
    return Mono.error(
        outcome instanceof SubmitOutcome.QueueFull full
            ? refusal.withRetryAfter(full.retryAfter())
            : refusal);
  }

  @GetMapping
  @Operation(summary = "Lists batches, newest first")
  Mono<BatchView.Page> list(
      Tenant tenant,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    if (limit < 1 || limit > MOST_LISTED) {
      return Mono.error(
          OpenAiError.invalid("limit", "invalid_value", "limit must be 1 to " + MOST_LISTED + "."));
    }
    UUID position =
        after == null
            ? null
            : BatchIds.parse(after)
                .orElseThrow(
                    () ->
                        OpenAiError.invalid(
                            "after", "invalid_value", "after is not the id of a batch."));
    return batches
        .list(tenant.name(), position, limit + 1)
        .collectList()
        .map(found -> page(found, limit));
  }

  private BatchView.Page page(List<Batch> found, int limit) {
    List<BatchView> data = found.stream().limit(limit).map(this::view).toList();
    return new BatchView.Page(
        "list",
        data,
        data.isEmpty() ? null : data.get(0).id(),
        data.isEmpty() ? null : data.get(data.size() - 1).id(),
        found.size() > limit);
  }

  @GetMapping("/{id}")
  @Operation(summary = "Shows a batch")
  Mono<BatchView> get(Tenant tenant, @PathVariable String id) {
    return Mono.justOrEmpty(BatchIds.parse(id))
        .flatMap(uuid -> batches.find(tenant.name(), uuid))
        .map(this::view)
        .switchIfEmpty(Mono.error(() -> OpenAiError.notFound(BATCH, id)));
  }

  @PostMapping("/{id}/cancel")
  @Operation(summary = "Cancels a batch", description = "What was done until then is in its files.")
  Mono<BatchView> cancel(Tenant tenant, @PathVariable String id) {
    return Mono.justOrEmpty(BatchIds.parse(id))
        .flatMap(uuid -> batches.cancel(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(() -> OpenAiError.notFound(BATCH, id)))
        .flatMap(
            batch ->
                switch (batch.status()) {
                  case CANCELLING, CANCELLED -> Mono.just(view(batch));
                  default ->
                      Mono.error(
                          new OpenAiError(
                              HttpStatus.CONFLICT,
                              null,
                              null,
                              "batch_not_cancellable",
                              "The batch cannot be cancelled; its status is "
                                  + batch.status().wireName()
                                  + "."));
                });
  }

  private BatchView view(Batch batch) {
    Batch.Times times = batch.times();
    return new BatchView(
        BatchIds.name(batch.id()),
        BATCH,
        batch.endpoint(),
        batch.model(),
        batch.errors() == null ? null : new BatchView.Errors("list", json.readTree(batch.errors())),
        FileIds.name(batch.inputFile()),
        BatchRequests.WINDOW,
        batch.status().wireName(),
        batch.outputFile() == null ? null : FileIds.name(batch.outputFile()),
        batch.errorFile() == null ? null : FileIds.name(batch.errorFile()),
        times.created().getEpochSecond(),
        BatchView.seconds(times.inProgress()),
        times.expires().getEpochSecond(),
        BatchView.seconds(times.finalizing()),
        BatchView.seconds(times.completed()),
        BatchView.seconds(times.failed()),
        BatchView.seconds(times.expired()),
        BatchView.seconds(times.cancelling()),
        BatchView.seconds(times.cancelled()),
        new BatchView.Counts(
            batch.counts().total(), batch.counts().completed(), batch.counts().failed()),
        batch.usage() == null ? null : json.readTree(batch.usage()),
        json.readTree(batch.metadata()));
  }
}
