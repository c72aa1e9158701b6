package org.omnimamba.jobs.response;

import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.worker.InferenceClient;
import org.omnimamba.jobs.worker.InferenceClient.Traffic;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The way of responses to inference-service, on connections of its own. */
public final class ResponseEngine implements AutoCloseable {
  private final InferenceClient inference;

  ResponseEngine(InferenceClient inference) {
    this.inference = inference;
  }

  /**
   * As {@link InferenceClient#stream}, for a client that waits.
   *
   * @param body from {@link ResponseRequest#upstream}
   */
  public Flux<JsonNode> answer(
      Endpoint endpoint, String tenant, String requestId, ObjectNode body) {
    return inference.stream(endpoint, tenant, requestId, body, Traffic.WAITED_FOR);
  }

  /** As {@link #answer}, for a job. */
  Flux<JsonNode> work(Endpoint endpoint, String tenant, String requestId, ObjectNode body) {
    return inference.stream(endpoint, tenant, requestId, body, Traffic.JOB);
  }

  @Override
  public void close() {
    inference.close();
  }
}
