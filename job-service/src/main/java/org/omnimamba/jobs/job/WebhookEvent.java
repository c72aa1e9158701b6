package org.omnimamba.jobs.job;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.omnimamba.queue.job.JobStatus;

/** The ends of a job that webhooks announce. */
public enum WebhookEvent {
  COMPLETED(JobStatus.COMPLETED),
  FAILED(JobStatus.FAILED),
  CANCELLED(JobStatus.CANCELLED),
  EXPIRED(JobStatus.EXPIRED);

  private final JobStatus status;

  WebhookEvent(JobStatus status) {
    this.status = status;
  }

  /** The name on the wire, for example {@code job.completed}. */
  public String wireName() {
    return "job." + status.wireName();
  }

  /** The event of a status; empty for one that is not terminal. */
  public static Optional<WebhookEvent> of(JobStatus status) {
    return Arrays.stream(values()).filter(e -> e.status == status).findFirst();
  }

  /** All names on the wire. */
  public static List<String> wireNames() {
    return Arrays.stream(values()).map(WebhookEvent::wireName).toList();
  }
}
