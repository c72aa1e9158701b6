package org.omnimamba.jobs.worker;

import java.util.function.Function;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.UpstreamErrors;
import org.omnimamba.jobs.trace.JobTraces;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobFailure;
import org.omnimamba.queue.worker.JobOutcome;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What every attempt at a request to inference-service has, whatever becomes of the answer: the
 * trace of its submission, a share of the jobs' memory, and an end for each failure.
 */
@Component
public final class InferenceAttempts {
  private final UpstreamErrors errors;
  private final JobJson json;
  private final JobTraces traces;
  private final JobMemory memory;

  InferenceAttempts(UpstreamErrors errors, JobJson json, JobTraces traces, JobMemory memory) {
    this.errors = errors;
    this.json = json;
    this.traces = traces;
    this.memory = memory;
  }

  /** Asks, and makes an outcome of the answer. */
  public interface Work {
    Mono<JobOutcome> run(Endpoint endpoint, JobMemory.Space space);
  }

  /** Does the work once, with the endpoint that the job names. */
  public Mono<JobOutcome> run(JobContext context, Work work) {
    JobAttributes attributes = json.attributes(context.job().attributes());
    String path = attributes.endpoint();
    Endpoint endpoint =
        Endpoint.ofPath(path)
            .orElseThrow(
                () -> JobFailure.permanent("unknown_endpoint", "no such endpoint: " + path));
    return run(context, attributes, space -> work.run(endpoint, space));
  }

  /** Does the work once. */
  public Mono<JobOutcome> run(
      JobContext context, Function<JobMemory.Space, Mono<JobOutcome>> work) {
    return run(context, json.attributes(context.job().attributes()), work);
  }

  private Mono<JobOutcome> run(
      JobContext context,
      JobAttributes attributes,
      Function<JobMemory.Space, Mono<JobOutcome>> work) {
    int length = context.payload().length();
    Mono<JobOutcome> attempt =
        Mono.using(() -> memory.open(length), work, JobMemory.Space::close)
            .onErrorResume(this::failure);
    return traces.attempt(attributes.traceparent(), attempt);
  }

  private Mono<JobOutcome> failure(Throwable thrown) {
    JobOutcome outcome = UpstreamFailures.outcome(thrown);
    if (outcome == null) {
      return Mono.error(thrown);
    }
    return Mono.just(
        outcome instanceof JobOutcome.Failed && thrown instanceof UpstreamException upstream
            ? outcome.with(errors.saving(upstream.error(), upstream.status()))
            : outcome);
  }
}
