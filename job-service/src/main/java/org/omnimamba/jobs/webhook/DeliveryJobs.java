package org.omnimamba.jobs.webhook;

import java.util.UUID;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.webhook.delivery.RetrySchedule;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;

/** The queue's job that makes the attempts of one delivery; its attributes name the delivery. */
final class DeliveryJobs {
  /**
   * The schedule ends a delivery. The queue's own count only ends one that kills its workers, each
   * of which costs an attempt that was never made.
   */
  private static final int MOST_CLAIMS = RetrySchedule.ATTEMPTS + 10;

  private static final String DELIVERY = "delivery";

  private final JobJson json;

  DeliveryJobs(JobJson json) {
    this.json = json;
  }

  NewJob of(String tenant, UUID delivery) {
    return NewJob.of(JobKinds.WEBHOOK, tenant, "{}")
        .attributes(json.write(json.object().put(DELIVERY, delivery.toString())))
        .maxAttempts(MOST_CLAIMS)
        .build();
  }

  UUID deliveryOf(Job job) {
    return UUID.fromString(json.tree(job.attributes()).path(DELIVERY).stringValue());
  }
}
