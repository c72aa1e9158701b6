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

  /** Deliveries of webhooks. */
  public static final String WEBHOOK = "webhook";

  /** Every kind, as figures of the queue list them. */
  public static final List<String> ALL = List.of(INFERENCE, RESPONSE, BATCH, BATCH_LINE, WEBHOOK);

  private JobKinds() {}
}
