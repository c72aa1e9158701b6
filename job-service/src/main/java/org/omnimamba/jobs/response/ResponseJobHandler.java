package org.omnimamba.jobs.response;

import java.time.Clock;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.UpstreamErrors;
import org.omnimamba.jobs.trace.JobTraces;
import org.omnimamba.jobs.worker.JobMemory;
import org.omnimamba.jobs.worker.UpstreamException;
import org.omnimamba.jobs.worker.UpstreamFailures;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobFailure;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobOutcome;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Runs one attempt of a background response. */
final class ResponseJobHandler implements JobHandler {
  private final ResponseEngine engine;
  private final ResponseStore store;
  private final UpstreamErrors errors;
  private final JobJson json;
  private final JobTraces traces;
  private final JobMemory memory;
  private final Clock clock;

  ResponseJobHandler(
      ResponseEngine engine,
      ResponseStore store,
      UpstreamErrors errors,
      JobJson json,
      JobTraces traces,
      JobMemory memory,
      Clock clock) {
    this.engine = engine;
    this.store = store;
    this.errors = errors;
    this.json = json;
    this.traces = traces;
    this.memory = memory;
    this.clock = clock;
  }

  @Override
  public Mono<JobOutcome> handle(JobContext context) {
    JobAttributes attributes = json.attributes(context.job().attributes());
    return traces.attempt(attributes.traceparent(), run(context, attributes.endpoint()));
  }

  private Mono<JobOutcome> run(JobContext context, String path) {
    Endpoint endpoint =
        Endpoint.ofPath(path)
            .orElseThrow(
                () -> JobFailure.permanent("unknown_endpoint", "no such endpoint: " + path));
    int length = context.payload().length();
    return Mono.using(
            () -> memory.open(length),
            space -> run(context, endpoint, space),
            JobMemory.Space::close)
        .onErrorResume(this::failure);
  }

  private Mono<JobOutcome> run(JobContext context, Endpoint endpoint, JobMemory.Space space) {
    Job job = context.job();
    StoredResponse response =
        new StoredResponse(job.id(), job.times().created(), json.object(), null, null);
    ResponseAssembly assembly =
        new ResponseAssembly(response, endpoint == Endpoint.IMAGES, space, clock);
    ObjectNode request = (ObjectNode) json.tree(context.payload());
    return engine
        .work(endpoint, job.tenant(), job.id().toString(), request)
        .doOnNext(assembly::accept)
        .then(Mono.fromSupplier(assembly::end))
        .map(end -> (JobOutcome) new JobOutcome.Completed(null, store.ending(end)));
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
