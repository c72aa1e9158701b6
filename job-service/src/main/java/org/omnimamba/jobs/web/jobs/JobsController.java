package org.omnimamba.jobs.web.jobs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
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
import org.omnimamba.jobs.web.Ids;
import org.omnimamba.jobs.web.access.Tenant;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.CancelOutcome;
import org.omnimamba.queue.DeleteOutcome;
import org.omnimamba.queue.Job;
import org.omnimamba.queue.JobFilter;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobStatus;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.SubmitOutcome;
import org.springframework.http.HttpStatus;
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
  private static final String PATH = "/v1/jobs/";

  private final JobSubmissions submissions;
  private final JobQueue queue;
  private final JobViews views;
  private final JobWatcher watcher;
  private final ResultStores results;
  private final JobWebhookGate webhooks;
  private final StreamLimit streams;
  private final Duration maxWait;

  JobsController(
      JobSubmissions submissions,
      JobQueue queue,
      JobViews views,
      JobWatcher watcher,
      ResultStores results,
      JobWebhookGate webhooks,
      StreamLimit streams,
      JobsProperties properties) {
    this.submissions = submissions;
    this.queue = queue;
    this.views = views;
    this.watcher = watcher;
    this.results = results;
    this.webhooks = webhooks;
    this.streams = streams;
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
        .flatMap(job -> webhooks.check(tenant, job).thenReturn(job))
        .flatMap(job -> submit(tenant, job, key))
        .flatMap(outcome -> answer(tenant, outcome, wait));
  }

  @GetMapping("/{id}")
  @Operation(summary = "Shows a job, with its result when it has completed")
  Mono<ResponseEntity<JobView>> get(
      Tenant tenant, @PathVariable String id, ServerWebExchange exchange) {
    return find(tenant, id)
        .flatMap(
            job -> {
              String tag = tag(job);
              if (exchange.checkNotModified(tag)) {
                return Mono.just(
                    ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(tag).<JobView>build());
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
    return queue.list(tenant.name(), filter).map(jobs -> page(jobs, limit));
  }

  @PostMapping("/{id}/cancel")
  @Operation(summary = "Cancels a job; the answer says whether it has ended or is being stopped")
  Mono<ResponseEntity<JobView.Cancellation>> cancel(Tenant tenant, @PathVariable String id) {
    return find(tenant, id)
        .flatMap(job -> queue.cancel(tenant.name(), job.id()))
        .map(
            outcome -> {
              if (outcome instanceof CancelOutcome.Cancelled cancelled) {
                return cancellation(HttpStatus.OK, "cancelled", cancelled.job());
              }
              if (outcome instanceof CancelOutcome.Cancelling cancelling) {
                return cancellation(HttpStatus.ACCEPTED, "cancelling", cancelling.job());
              }
              if (outcome instanceof CancelOutcome.AlreadyFinished finished) {
                return cancellation(HttpStatus.OK, "already_finished", finished.job());
              }
              throw Problem.notFound();
            });
  }

  @DeleteMapping("/{id}")
  @Operation(summary = "Deletes a job that has ended, with its result")
  Mono<ResponseEntity<Void>> delete(Tenant tenant, @PathVariable String id) {
    return find(tenant, id)
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

  private Mono<ResponseEntity<JobView>> answer(
      Tenant tenant, SubmitOutcome outcome, Optional<Duration> wait) {
    if (outcome instanceof SubmitOutcome.Accepted accepted) {
      return accepted(tenant, accepted.job(), wait);
    }
    if (outcome instanceof SubmitOutcome.Replayed replayed) {
      return views
          .full(replayed.job())
          .map(
              view ->
                  located(HttpStatus.OK, view).header("Idempotency-Replayed", "true").body(view));
    }
    if (outcome instanceof SubmitOutcome.StillRunning running) {
      return Mono.error(
          new Problem(
                  ProblemType.IDEMPOTENCY_IN_PROGRESS,
                  "The job of the first request with this key has not ended yet.")
              .with("job_id", running.job().id())
              .withHeader("Location", PATH + running.job().id())
              .withHeader("X-Should-Retry", "false"));
    }
    if (outcome instanceof SubmitOutcome.QueueFull full) {
      return Mono.error(
          new Problem(
                  ProblemType.QUEUE_FULL,
                  "There are " + full.limit() + " jobs waiting, as many as may wait.")
              .withHeader("Retry-After", Long.toString(full.retryAfter().toSeconds())));
    }
    return Mono.error(
        new Problem(
                ProblemType.IDEMPOTENCY_KEY_REUSED,
                "This key was used before with another request.")
            .withHeader("X-Should-Retry", "false"));
  }

  private Mono<ResponseEntity<JobView>> accepted(Tenant tenant, Job job, Optional<Duration> wait) {
    if (wait.isEmpty()) {
      JobView view = views.summary(job);
      return Mono.just(located(HttpStatus.ACCEPTED, view).body(view));
    }
    return streams
        .limit(
            watcher.watch(tenant.name(), job.id()).takeUntilOther(Mono.delay(wait.get())).last(job))
        .flatMap(
            latest ->
                views
                    .full(latest)
                    .map(
                        view ->
                            located(
                                    latest.status().isTerminal()
                                        ? HttpStatus.OK
                                        : HttpStatus.ACCEPTED,
                                    view)
                                .header("Preference-Applied", "wait=" + wait.get().toSeconds())
                                .body(view)));
  }

  private Mono<Job> find(Tenant tenant, String id) {
    return Ids.parse(id)
        .flatMap(uuid -> queue.get(tenant.name(), uuid))
        .filter(job -> job.kind().equals(JobKinds.INFERENCE))
        .switchIfEmpty(Mono.error(Problem::notFound));
  }

  private ResponseEntity<JobView.Cancellation> cancellation(
      HttpStatus status, String outcome, Job job) {
    return ResponseEntity.status(status)
        .body(new JobView.Cancellation(outcome, views.summary(job)));
  }

  private JobView.Page page(List<Job> jobs, int limit) {
    List<JobView> data = jobs.stream().limit(limit).map(views::summary).toList();
    boolean more = jobs.size() > limit;
    return new JobView.Page("list", data, more, more ? data.get(limit - 1).id() : null);
  }

  private static ResponseEntity.BodyBuilder located(HttpStatus status, JobView view) {
    return ResponseEntity.status(status).location(URI.create(PATH + view.id()));
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
