package org.omnimamba.jobs.batch;

import java.util.List;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobKinds;

/** The addresses that the requests of a batch may go to. */
public final class BatchEndpoints {
  /** Answered here and not by inference-service. */
  static final String RESPONSES = "/v1/responses";

  private static final List<String> ALL =
      List.of(Endpoint.CHAT.path(), Endpoint.IMAGES.path(), RESPONSES);

  private BatchEndpoints() {}

  /** All of them, as they stand in requests. */
  public static List<String> all() {
    return ALL;
  }

  /** Whether requests to it are those for responses. */
  static boolean isResponses(String endpoint) {
    return endpoint.equals(RESPONSES);
  }

  /** The kind of the job that drives a batch of requests to it. */
  static String driverKind(String endpoint) {
    return isResponses(endpoint) ? JobKinds.BATCH_OF_RESPONSES : JobKinds.BATCH;
  }

  /** The kind of the jobs that are requests to it. */
  static String lineKind(String endpoint) {
    return isResponses(endpoint) ? JobKinds.BATCH_RESPONSE : JobKinds.BATCH_LINE;
  }
}
