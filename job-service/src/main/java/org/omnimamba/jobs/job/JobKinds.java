package org.omnimamba.jobs.job;

import java.util.List;

/** The kinds of work on the one queue. */
public final class JobKinds {
  /** Inference requests, the jobs of the API. */
  public static final String INFERENCE = "inference";

  /** Background responses. */
  public static final String RESPONSE = "response";

  /** Batches, each driven by one job. */
  public static final String BATCH = "batch";

  /** Requests of batches. */
  public static final String BATCH_LINE = "batch_line";

  /**
   * Batches of {@code POST /v1/responses}. These and their requests are kinds of their own, since a
   * replica of the version before would claim the others and cannot do these.
   */
  public static final String BATCH_OF_RESPONSES = "batch_of_responses";

  /** Requests of batches of responses. */
  public static final String BATCH_RESPONSE = "batch_response";

  /** Deliveries of webhooks. */
  public static final String WEBHOOK = "webhook";

  /** Every kind, as figures of the queue list them. */
  public static final List<String> ALL =
      List.of(INFERENCE, RESPONSE, BATCH, BATCH_LINE, BATCH_OF_RESPONSES, BATCH_RESPONSE, WEBHOOK);

  private JobKinds() {}
}
