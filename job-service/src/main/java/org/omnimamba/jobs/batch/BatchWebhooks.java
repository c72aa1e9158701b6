package org.omnimamba.jobs.batch;

import java.time.Instant;
import java.util.Objects;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.OpenAiEvent;
import org.omnimamba.jobs.webhook.WebhookMessages;
import org.omnimamba.queue.job.Job;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Tells the tenant's receivers of the end of a batch, in the transaction of it. */
@Component
class BatchWebhooks {
  private final DatabaseClient database;
  private final ObjectProvider<WebhookMessages> messages;
  private final JobJson json;

  BatchWebhooks(DatabaseClient database, ObjectProvider<WebhookMessages> messages, JobJson json) {
    this.database = database;
    this.messages = messages;
    this.json = json;
  }

  /** Queues the deliveries; nothing where webhooks are not configured. */
  Mono<Void> tell(Job driver, Batch.Status end) {
    WebhookMessages sender = messages.getIfAvailable();
    if (sender == null) {
      return Mono.empty();
    }
    OpenAiEvent event =
        switch (end) {
          case COMPLETED -> OpenAiEvent.BATCH_COMPLETED;
          case FAILED -> OpenAiEvent.BATCH_FAILED;
          case EXPIRED -> OpenAiEvent.BATCH_EXPIRED;
          case CANCELLED -> OpenAiEvent.BATCH_CANCELLED;
          case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING ->
              throw new IllegalArgumentException("not an end: " + end);
        };
    return database
        .sql("SELECT queue_now() AS now")
        .map(row -> Objects.requireNonNull(row.get("now", Instant.class)))
        .one()
        .map(now -> event.payload(json, driver, BatchIds.name(driver.id()), now))
        .flatMap(
            payload ->
                database.inConnection(
                    connection -> sender.send(connection, driver, event.wireName(), payload)));
  }
}
