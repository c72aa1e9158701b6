package org.omnimamba.jobs.batch;

import io.r2dbc.spi.Connection;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import reactor.core.publisher.Mono;

/** Writes to a line how its job ended, in the transaction that ends it: once, however it ends. */
final class BatchLineEnd implements TerminalWriter {
  private static final String END =
      "UPDATE batch_line SET status = $2, result_reference = $3, error_code = $4,"
          + " error_message = $5 WHERE batch_id = ($6::json -> 'metadata' ->> 'batch')::uuid"
          + " AND line = ($6::json -> 'metadata' ->> 'line')::integer"
          + " AND job_id = $1 AND status = 'queued'";

  private final String kind;

  BatchLineEnd(String kind) {
    this.kind = kind;
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public Mono<Void> inTransaction(Connection connection, Job job) {
    String status =
        switch (job.status()) {
          case COMPLETED -> "completed";
          case CANCELLED -> "stopped";
          default -> "failed";
        };
    JobError error = job.error();
    return Statements.update(
            connection,
            END,
            job.id(),
            status,
            Statements.nullable(job.resultReference(), String.class),
            Statements.nullable(error == null ? null : error.code(), String.class),
            Statements.nullable(error == null ? null : error.message(), String.class),
            job.attributes())
        .then();
  }
}
