package org.omnimamba.jobs.webhook;

import java.util.UUID;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.webhook.delivery.RetrySchedule;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;

/** The queue's job that makes the attempts of one delivery; its attributes name the delivery. */
final class DeliveryJobs {
  /**
   * The schedule ends a delivery; the queue's own count only ends one that kills its workers, each
   * of which costs an attempt that was never made.
   */
  private static final int MOST_CLAIMS = RetrySchedule.ATTEMPTS + 10;

  private static final String PREFIX = "{\"delivery\":\"";
  private static final String SUFFIX = "\"}";

  private DeliveryJobs() {}

  static NewJob of(String tenant, UUID delivery) {
    return NewJob.of(JobKinds.WEBHOOK, tenant, "{}")
        .attributes(PREFIX + delivery + SUFFIX)
        .maxAttempts(MOST_CLAIMS)
        .build();
  }

  static UUID deliveryOf(Job job) {
    String attributes = job.attributes();
    return UUID.fromString(
        attributes.substring(PREFIX.length(), attributes.length() - SUFFIX.length()));
  }
}
