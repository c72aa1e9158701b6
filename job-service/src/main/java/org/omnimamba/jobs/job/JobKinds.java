package org.omnimamba.jobs.job;

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

  private JobKinds() {}
}
