package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Connection;
import java.util.UUID;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import reactor.core.publisher.Mono;

/** Marks a delivery as ended together with the job that made its attempts. */
final class DeliveryEnd implements TerminalWriter {
  private static final String END =
      "UPDATE webhook_delivery SET status = $2, finished_at = queue_now()"
          + " WHERE id = $1 AND status = 'pending'";

  private final DeliveryJobs jobs;

  DeliveryEnd(DeliveryJobs jobs) {
    this.jobs = jobs;
  }

  /** Gives up a delivery that has no job to make its attempts. */
  static Mono<Void> giveUp(Connection connection, UUID delivery, String reason) {
    return AttemptRecords.keepingNone(connection, delivery, reason)
        .then(Statements.update(connection, END, delivery, "failed"))
        .then();
  }

  @Override
  public String kind() {
    return JobKinds.WEBHOOK;
  }

  @Override
  public Mono<Void> inTransaction(Connection connection, Job job) {
    String status = job.status() == JobStatus.COMPLETED ? "delivered" : "failed";
    return Statements.update(connection, END, jobs.deliveryOf(job), status).then();
  }
}
