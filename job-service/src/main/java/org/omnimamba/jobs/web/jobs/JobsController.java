package org.omnimamba.jobs.web.jobs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.InferenceJob;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.job.JobSubmissions;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.Conditions;
import org.omnimamba.jobs.web.Ids;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.DeleteOutcome;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobFilter;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.internal.Tenant;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Submits, shows, lists, cancels and deletes jobs. */
@RestController
@RequestMapping("/v1/jobs")
@Tag(name = "Jobs")
@ConditionalOnApi
class JobsController {
  private final JobSubmissions submissions;
  private final JobQueue queue;
  private final JobLookup jobs;
  private final JobAnswers answers;
  private final JobViews views;
  private final ResultStores results;
  private final JobWebhookGate webhooks;
  private final Duration maxWait;

  JobsController(
      JobSubmissions submissions,
      JobQueue queue,
      JobLookup jobs,
      JobAnswers answers,
      JobViews views,
      ResultStores results,
      JobWebhookGate webhooks,
      JobsProperties properties) {
    this.submissions = submissions;
    this.queue = queue;
    this.jobs = jobs;
    this.answers = answers;
    this.views = views;
    this.results = results;
    this.webhooks = webhooks;
    this.maxWait = properties.api().maxWait();
  }

  @PostMapping
  @Operation(summary = "Makes an inference request durable")
  Mono<ResponseEntity<JobView>> create(
      Tenant tenant,
      @RequestBody Mono<CreateJobRequest> body,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = "Prefer", required = false) @Nullable List<String> prefer) {
    Optional<Duration> wait = Preference.waiting(prefer == null ? List.of() : prefer, maxWait);
    if (key != null && (key.isBlank() || key.length() > 255)) {
      return Mono.error(
          new Problem(
              ProblemType.INVALID_REQUEST, "Idempotency-Key must have 1 to 255 characters."));
    }
    return body.map(JobRequestReader::read)
        .flatMap(
            job ->
                submissions
                    .earlier(tenant.name(), job, key)
                    .switchIfEmpty(
                        Mono.defer(() -> webhooks.check(tenant, job))
                            .then(Mono.defer(() -> submit(tenant, job, key)))))
        .flatMap(outcome -> answers.submitted(tenant, outcome, wait));
  }

  @GetMapping("/{id}")
  @Operation(summary = "Shows a job, with its result when it has completed")
  Mono<ResponseEntity<JobView>> get(
      Tenant tenant, @PathVariable String id, ServerWebExchange exchange) {
    return jobs.find(tenant, id)
        .flatMap(
            job -> {
              String tag = tag(job);
              Optional<ResponseEntity<JobView>> known =
                  Conditions.notModified(exchange.getRequest().getHeaders(), tag);
              if (known.isPresent()) {
                return Mono.just(known.get());
              }
              return views
                  .full(job)
                  .map(
                      view ->
                          ResponseEntity.ok()
                              .eTag(tag)
                              .header("Cache-Control", "private, no-cache")
                              .body(view));
            });
  }

  @GetMapping
  @Operation(summary = "Lists jobs, newest first")
  Mono<JobView.Page> list(
      Tenant tenant,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    if (limit < 1 || limit > 100) {
      return Mono.error(invalid("limit must be 1 to 100"));
    }
    JobFilter filter =
        new JobFilter(JobKinds.INFERENCE, statusOf(status), afterOf(after), limit + 1);
    return queue.list(tenant.name(), filter).map(found -> answers.page(found, limit));
  }

  @PostMapping("/{id}/cancel")
  @Operation(summary = "Cancels a job; the answer says whether it has ended or is being stopped")
  Mono<ResponseEntity<JobView.Cancellation>> cancel(Tenant tenant, @PathVariable String id) {
    return jobs.find(tenant, id).flatMap(queue::cancel).map(answers::cancelled);
  }

  @DeleteMapping("/{id}")
  @Operation(summary = "Deletes a job that has ended, with its result")
  Mono<ResponseEntity<Void>> delete(Tenant tenant, @PathVariable String id) {
    return jobs.find(tenant, id)
        .flatMap(job -> queue.delete(tenant.name(), job.id()))
        .flatMap(
            outcome -> {
              if (outcome instanceof DeleteOutcome.Deleted deleted) {
                return Mono.justOrEmpty(deleted.job().resultReference())
                    .flatMap(results::delete)
                    .thenReturn(ResponseEntity.noContent().<Void>build());
              }
              return Mono.error(
                  outcome instanceof DeleteOutcome.NotFinished
                      ? new Problem(ProblemType.CONFLICT, "The job has not ended; cancel it first.")
                      : Problem.notFound());
            });
  }

  private Mono<SubmitOutcome> submit(Tenant tenant, InferenceJob job, @Nullable String key) {
    return submissions
        .submit(tenant.name(), job, key)
        .switchIfEmpty(
            Mono.error(
                () ->
                    Problem.validation(
                        List.of(new MemberError("/deadline", "must lie in the future")))));
  }

  private static String tag(Job job) {
    return "\"" + job.version() + "\"";
  }

  private static @Nullable JobStatus statusOf(@Nullable String name) {
    if (name == null) {
      return null;
    }
    try {
      return JobStatus.ofWireName(name);
    } catch (IllegalArgumentException e) {
      throw invalid("status is not one of a job");
    }
  }

  private static @Nullable UUID afterOf(@Nullable String after) {
    if (after == null) {
      return null;
    }
    return Ids.tryParse(after).orElseThrow(() -> invalid("after is not the id of a job"));
  }

  private static Problem invalid(String detail) {
    return new Problem(ProblemType.INVALID_REQUEST, detail + ".");
  }
}
