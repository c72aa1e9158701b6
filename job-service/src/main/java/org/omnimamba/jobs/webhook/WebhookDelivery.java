package org.omnimamba.jobs.webhook;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One message for one receiver.
 *
 * @param id its id; {@code msg_} and this is the {@code webhook-id}
 * @param tenant whose it is
 * @param jobId the job it tells about
 * @param endpointId the registered receiver, or null for a URL given with the job
 * @param url where to
 * @param event what it tells
 * @param payload the exact body
 * @param status pending, delivered or failed
 * @param createdAt when the job ended
 * @param finishedAt when it was delivered or given up
 */
public record WebhookDelivery(
    UUID id,
    String tenant,
    UUID jobId,
    @Nullable UUID endpointId,
    String url,
    String event,
    String payload,
    String status,
    Instant createdAt,
    @Nullable Instant finishedAt) {

  /** Whether attempts are still made. */
  public boolean isPending() {
    return status.equals("pending");
  }
}
