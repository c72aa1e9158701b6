package org.omnimamba.jobs.response;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.trace.JobTraces;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.job.IdempotencyKey;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** Queues background responses. */
@Component
public class ResponseSubmissions {
  private final JobQueue queue;
  private final ResponseStore store;
  private final JobJson json;
  private final JobTraces traces;
  private final int maxAttempts;

  ResponseSubmissions(
      JobQueue queue,
      ResponseStore store,
      JobJson json,
      JobTraces traces,
      JobsProperties properties) {
    this.queue = queue;
    this.store = store;
    this.json = json;
    this.traces = traces;
    this.maxAttempts = properties.queue().maxAttempts();
  }

  /**
   * Submits a response and its row, both or neither.
   *
   * @param body from {@link ResponseRequest#upstream}
   * @param idempotencyKey makes the submission repeatable, or null
   */
  public Mono<SubmitOutcome> submit(
      String tenant, ResponseRequest request, ObjectNode body, @Nullable String idempotencyKey) {
    return traces
        .submitted()
        .zipWith(UsageOrigin.current())
        .flatMap(
            from -> {
              JobAttributes attributes =
                  new JobAttributes(request.endpoint().path(), Map.of(), null)
                      .withTraceparent(from.getT1().orElse(null))
                      .countingFor(from.getT2().key());
              NewJob job =
                  NewJob.of(JobKinds.RESPONSE, tenant, json.write(body))
                      .attributes(json.write(attributes))
                      .maxAttempts(maxAttempts)
                      .idempotencyKey(
                          idempotencyKey == null
                              ? null
                              : new IdempotencyKey(idempotencyKey, digest(request, body)))
                      .build();
              return queue.submit(job, store.saving(request));
            });
  }

  private byte[] digest(ResponseRequest request, ObjectNode body) {
    ObjectNode whole = json.object();
    whole.set("head", request.head());
    whole.set("body", body);
    return json.digest(whole);
  }
}
