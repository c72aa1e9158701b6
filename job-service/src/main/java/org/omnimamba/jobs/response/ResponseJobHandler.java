package org.omnimamba.jobs.response;

import java.time.Clock;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.usage.JobUsage;
import org.omnimamba.jobs.worker.InferenceAttempts;
import org.omnimamba.jobs.worker.JobMemory;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobOutcome;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Runs one attempt of a background response. */
final class ResponseJobHandler implements JobHandler {
  private final InferenceAttempts attempts;
  private final ResponseEngine engine;
  private final ResponseStore store;
  private final JobUsage usage;
  private final JobJson json;
  private final Clock clock;

  ResponseJobHandler(
      InferenceAttempts attempts,
      ResponseEngine engine,
      ResponseStore store,
      JobUsage usage,
      JobJson json,
      Clock clock) {
    this.attempts = attempts;
    this.engine = engine;
    this.store = store;
    this.usage = usage;
    this.json = json;
    this.clock = clock;
  }

  @Override
  public Mono<JobOutcome> handle(JobContext context) {
    return attempts.run(context, (endpoint, space) -> run(context, endpoint, space));
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
        .map(
            end ->
                (JobOutcome)
                    new JobOutcome.Completed(
                        null, store.ending(end).then(usage.adding(assembly.used()))));
  }
}
