package org.omnimamba.jobs.batch;

import java.util.List;
import org.omnimamba.jobs.job.Endpoint;

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
}
