package org.omnimamba.jobs.result;

import java.util.UUID;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.TransactionHook;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps the error that inference-service gave for a job, whole. */
@Component
public class UpstreamErrors {
  private static final String SAVE =
      "INSERT INTO job_upstream_error (job_id, body) VALUES ($1, $2)"
          + " ON CONFLICT (job_id) DO UPDATE SET body = EXCLUDED.body";

  private final DatabaseClient database;
  private final JobJson json;

  UpstreamErrors(DatabaseClient database, JobJson json) {
    this.database = database;
    this.json = json;
  }

  /**
   * Writes the error in the transaction that ends the attempt.
   *
   * @param error the error object as it came
   * @param status the HTTP status, or 0 for an error inside a stream
   */
  public TransactionHook saving(JsonNode error, int status) {
    ObjectNode body = json.object();
    error.properties().forEach(member -> body.set(member.getKey(), member.getValue()));
    if (status != 0) {
      body.put("status", status);
    }
    String text = json.write(body);
    return (connection, job) -> Statements.update(connection, SAVE, job.id(), text).then();
  }

  /** The error kept for a job: the members inference-service sent, and the HTTP status. */
  public Mono<JsonNode> find(UUID job) {
    return database
        .sql("SELECT body FROM job_upstream_error WHERE job_id = :id")
        .bind("id", job)
        .map(row -> row.get("body", String.class))
        .one()
        .map(json::tree);
  }
}
