package org.omnimamba.jobs.worker;

import java.util.concurrent.atomic.AtomicInteger;
import org.omnimamba.jobs.config.WorkerProperties;
import org.omnimamba.jobs.event.JobEvents;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.usage.JobUsage;
import org.omnimamba.jobs.worker.AnswerCollector.PartialImage;
import org.omnimamba.jobs.worker.InferenceClient.Traffic;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobOutcome;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs one attempt of a request that inference-service answers whole. */
public final class InferenceJobHandler implements JobHandler {
  private final InferenceAttempts attempts;
  private final InferenceClient inference;
  private final JobEvents events;
  private final ResultStores results;
  private final JobUsage usage;
  private final JobJson json;
  private final WorkerProperties limits;

  InferenceJobHandler(
      InferenceAttempts attempts,
      InferenceClient inference,
      JobEvents events,
      ResultStores results,
      JobUsage usage,
      JobJson json,
      WorkerProperties limits) {
    this.attempts = attempts;
    this.inference = inference;
    this.events = events;
    this.results = results;
    this.usage = usage;
    this.json = json;
    this.limits = limits;
  }

  @Override
  public Mono<JobOutcome> handle(JobContext context) {
    return attempts.run(context, (endpoint, space) -> run(context, endpoint, space));
  }

  private Mono<JobOutcome> run(JobContext context, Endpoint endpoint, JobMemory.Space space) {
    Job job = context.job();
    AnswerCollector collector =
        endpoint == Endpoint.CHAT
            ? new ChatCollector(json, space)
            : new ImageCollector(json, job.id(), space);
    ObjectNode request = (ObjectNode) json.tree(context.payload());
    collector.prepare(request);
    AtomicInteger partials = new AtomicInteger();
    return inference.stream(endpoint, job.tenant(), job.id().toString(), request, Traffic.JOB)
        .concatMap(event -> accept(context, collector, partials, event))
        .then(Mono.fromSupplier(collector::result))
        .flatMap(result -> results.prepare(context.claim(), result))
        .map(
            prepared ->
                JobOutcome.completed(
                    prepared.reference(), prepared.hook().then(usage.adding(collector.usage()))));
  }

  private Mono<Void> accept(
      JobContext context, AnswerCollector collector, AtomicInteger partials, JsonNode event) {
    AnswerCollector.Step step = collector.accept(event);
    if (step.progress() != null) {
      context.progress(step.progress());
    }
    PartialImage partial = step.partial();
    if (partial == null
        || partial.bytes().length > limits.maxPartialImage().toBytes()
        || partials.incrementAndGet() > limits.maxPartialImages()) {
      return Mono.empty();
    }
    ObjectNode data = json.object();
    data.put("id", context.job().id().toString());
    data.put("index", partial.index());
    data.put("partial_image_index", partial.number());
    // a partial image is a courtesy: the answer must not fail for it
    return events
        .addPartialImage(context.claim(), json.write(data), partial.bytes())
        .onErrorComplete()
        .then();
  }
}
