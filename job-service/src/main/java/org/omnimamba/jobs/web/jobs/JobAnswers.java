package org.omnimamba.jobs.web.jobs;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.job.CancelOutcome;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.internal.Tenant;
import org.omnimamba.web.logging.RepeatedWarning;
import org.omnimamba.web.shutdown.ServiceStop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Says in HTTP what the queue did. */
@Component
@ConditionalOnApi
class JobAnswers {
  private static final Logger log = LoggerFactory.getLogger(JobAnswers.class);
  private static final String PATH = "/v1/jobs/";

  private final JobViews views;
  private final JobWatcher watcher;
  private final StreamLimit streams;
  private final ServiceStop stop;
  private final RepeatedWarning unwaited = new RepeatedWarning(log);

  JobAnswers(JobViews views, JobWatcher watcher, StreamLimit streams, ServiceStop stop) {
    this.stop = stop;
    this.views = views;
    this.watcher = watcher;
    this.streams = streams;
  }

  /**
   * The answer to a submission.
   *
   * @param wait how long the client wishes to wait for the end of the job
   */
  Mono<ResponseEntity<JobView>> submitted(
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
          full(
              "There are " + full.limit() + " jobs waiting, as many as may wait.",
              full.retryAfter()));
    }
    return Mono.error(
        new Problem(
                ProblemType.IDEMPOTENCY_KEY_REUSED,
                "This key was used before with another request.")
            .withHeader("X-Should-Retry", "false"));
  }

  private Mono<ResponseEntity<JobView>> accepted(Tenant tenant, Job job, Optional<Duration> wait) {
    if (wait.isEmpty()) {
      return Mono.just(waiting(job));
    }
    Mono<?> enough = Mono.firstWithSignal(Mono.delay(wait.get()), stop.begins());
    return streams
        .limit(tenant.name(), watcher.watch(tenant.name(), job.id()).takeUntilOther(enough))
        .last(job)
        .flatMap(latest -> waited(latest, wait.get()))
        // the job is queued whatever became of the wait, and its client must learn where
        .onErrorResume(
            error -> {
              unwaited.warn("wait", "job " + job.id() + ": its client could not wait: " + error);
              return Mono.just(waiting(job));
            });
  }

  private Mono<ResponseEntity<JobView>> waited(Job latest, Duration wait) {
    boolean ended = latest.status().isTerminal();
    if (!ended && stop.hasBegun()) {
      return Mono.just(waiting(latest));
    }
    return views
        .full(latest)
        .map(
            view ->
                located(ended ? HttpStatus.OK : HttpStatus.ACCEPTED, view)
                    .header("Preference-Applied", "wait=" + wait.toSeconds())
                    .body(view));
  }

  /** The answer to a request to cancel. */
  ResponseEntity<JobView.Cancellation> cancelled(CancelOutcome outcome) {
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
  }

  private ResponseEntity<JobView.Cancellation> cancellation(
      HttpStatus status, String outcome, Job job) {
    return ResponseEntity.status(status)
        .body(new JobView.Cancellation(outcome, views.summary(job)));
  }

  /** A job that waits. */
  ResponseEntity<JobView> waiting(Job job) {
    JobView view = views.summary(job);
    return located(HttpStatus.ACCEPTED, view).body(view);
  }

  /** A page out of one job more than it shows, if there is one more. */
  JobView.Page page(List<Job> jobs, int limit) {
    List<JobView> data = jobs.stream().limit(limit).map(views::summary).toList();
    boolean more = jobs.size() > limit;
    return new JobView.Page("list", data, more, more ? data.get(limit - 1).id() : null);
  }

  /** The queue has no room. */
  static Problem full(String detail, Duration retryAfter) {
    return new Problem(ProblemType.QUEUE_FULL, detail).withRetryAfter(retryAfter);
  }

  private static ResponseEntity.BodyBuilder located(HttpStatus status, JobView view) {
    return ResponseEntity.status(status).location(URI.create(PATH + view.id()));
  }
}
