package org.omnimamba.jobs.web.jobs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.DeadLetterFilter;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.JobTimes;
import org.omnimamba.queue.job.RedriveOutcome;
import org.omnimamba.queue.job.RedrivenJobs;
import org.omnimamba.web.internal.Tenant;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Queues failed or expired jobs again. */
@RestController
@Tag(name = "Jobs")
@ConditionalOnApi
class JobRedriveController {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 1000;

  private final JobQueue queue;
  private final JobLookup jobs;
  private final JobAnswers answers;

  JobRedriveController(JobQueue queue, JobLookup jobs, JobAnswers answers) {
    this.queue = queue;
    this.jobs = jobs;
    this.answers = answers;
  }

  @PostMapping("/v1/jobs/{id}/redrive")
  @Operation(
      summary = "Queues a failed or expired job again",
      description = "It has all its attempts again, and no deadline.")
  Mono<ResponseEntity<JobView>> redrive(Tenant tenant, @PathVariable String id) {
    return jobs.find(tenant, id).flatMap(job -> queue.redrive(job, null)).map(this::answer);
  }

  private ResponseEntity<JobView> answer(RedriveOutcome outcome) {
    if (outcome instanceof RedriveOutcome.Redriven redriven) {
      return answers.waiting(redriven.job());
    }
    if (outcome instanceof RedriveOutcome.NotDead notDead) {
      throw new Problem(
          ProblemType.CONFLICT,
          "Only a failed or expired job can be queued again; its status is "
              + notDead.job().status().wireName()
              + ".");
    }
    if (outcome instanceof RedriveOutcome.QueueFull full) {
      throw JobAnswers.full(
          "There are " + full.limit() + " jobs waiting, as many as may wait.", full.retryAfter());
    }
    throw Problem.notFound();
  }

  @PostMapping("/v1/jobs/redrive")
  @Operation(
      summary = "Queues many failed or expired jobs again",
      description =
          "In the order in which they ended. No more are taken than the limit and the room in the"
              + " queue allow; has_more tells whether others match.")
  Mono<RedriveRequest.Result> redriveAll(
      Tenant tenant, @RequestBody(required = false) Mono<RedriveRequest> body) {
    return body.defaultIfEmpty(RedriveRequest.ALL)
        .map(JobRedriveController::filter)
        .flatMap(filter -> queue.redriveAll(tenant.name(), filter))
        .flatMap(
            redriven ->
                redriven.full() && redriven.more() ? full(tenant) : Mono.just(result(redriven)));
  }

  private Mono<RedriveRequest.Result> full(Tenant tenant) {
    return queue
        .roomIn(JobKinds.INFERENCE, tenant.name())
        .flatMap(
            (Duration wait) ->
                Mono.error(JobAnswers.full("As many jobs are waiting as may wait.", wait)));
  }

  private static RedriveRequest.Result result(RedrivenJobs redriven) {
    return new RedriveRequest.Result(
        "redrive",
        redriven.jobs().size(),
        redriven.jobs().stream().map(Job::id).toList(),
        redriven.more());
  }

  private static DeadLetterFilter filter(RedriveRequest request) {
    List<MemberError> errors = new ArrayList<>();
    String status = request.status() == null ? JobStatus.FAILED.wireName() : request.status();
    if (!List.of(JobStatus.FAILED.wireName(), JobStatus.EXPIRED.wireName()).contains(status)) {
      errors.add(new MemberError("/status", "must be failed or expired"));
    }
    int limit = request.limit() == null ? DEFAULT_LIMIT : request.limit();
    if (limit < 1 || limit > MAX_LIMIT) {
      errors.add(new MemberError("/limit", "must be 1 to " + MAX_LIMIT));
    }
    if (request.errorCode() != null && request.errorCode().indexOf(0) >= 0) {
      errors.add(new MemberError("/error_code", "must not contain a null character"));
    }
    checkMoment("/finished_from", request.finishedFrom(), errors);
    checkMoment("/finished_before", request.finishedBefore(), errors);
    if (!errors.isEmpty()) {
      throw Problem.validation(errors);
    }
    return new DeadLetterFilter(
        JobKinds.INFERENCE,
        JobStatus.ofWireName(status),
        request.errorCode(),
        request.finishedFrom(),
        request.finishedBefore(),
        limit);
  }

  private static void checkMoment(
      String member, @Nullable Instant moment, List<MemberError> errors) {
    if (moment != null && !JobTimes.isStorable(moment)) {
      errors.add(new MemberError(member, "must lie in the years 1 to 9999"));
    }
  }
}
