package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.TransactionHook;
import reactor.core.publisher.Mono;

/** What is written together with the outcome of an attempt. */
final class AttemptRecords {
  private static final String INSERT =
      """
      INSERT INTO webhook_attempt
        (delivery_id, number, at, http_status, latency_ms, error, next_at, response_head)
      SELECT d.id,
        (SELECT COALESCE(max(a.number), 0) + 1 FROM webhook_attempt a WHERE a.delivery_id = d.id),
        queue_now(), $2, $3, $4, queue_now() + make_interval(secs => $5), $6
      FROM webhook_delivery d WHERE d.id = $1 FOR KEY SHARE OF d
      """;
  private static final String MOVE =
      "UPDATE webhook_delivery SET url = $2 WHERE id = $1 AND url <> $2";

  /** Unless it was given another URL while this one answered. */
  private static final String DISABLE =
      """
      UPDATE webhook_endpoint SET disabled_reason = $2, updated_at = queue_now()
      WHERE disabled_reason IS NULL AND url = $3
        AND id = (SELECT d.endpoint_id FROM webhook_delivery d WHERE d.id = $1)
      """;

  private AttemptRecords() {}

  /**
   * Keeps the attempt, and where it went.
   *
   * @param next when the next one is due, or null when there is none
   */
  static TransactionHook keeping(
      UUID delivery, String url, AttemptOutcome outcome, @Nullable Duration next) {
    return (connection, job) ->
        Statements.update(connection, MOVE, delivery, url)
            .then(keep(connection, delivery, outcome, next));
  }

  /** Keeps that an attempt could not be made at all, and why. */
  static Mono<Void> keepingNone(Connection connection, UUID delivery, String reason) {
    return keep(connection, delivery, AttemptOutcome.notMade(reason), null);
  }

  private static Mono<Void> keep(
      Connection connection, UUID delivery, AttemptOutcome outcome, @Nullable Duration next) {
    return Statements.update(
            connection,
            INSERT,
            delivery,
            WebhookDeliveries.nullable(outcome.status()),
            (int) Math.min(Integer.MAX_VALUE, outcome.latency().toMillis()),
            outcome.error() == null
                ? Parameters.in(R2dbcType.VARCHAR)
                : Parameters.in(outcome.error()),
            next == null
                ? Parameters.in(R2dbcType.DOUBLE)
                : Parameters.in((double) next.toMillis() / 1000),
            ByteBuffer.wrap(outcome.responseHead()))
        .then();
  }

  /** Keeps the attempt and disables the endpoint, if it is a registered one. */
  static TransactionHook keepingAndDisabling(UUID delivery, String url, AttemptOutcome outcome) {
    return (connection, job) ->
        Statements.update(connection, DISABLE, delivery, WebhookEndpoint.GONE, url)
            .then(Mono.from(keeping(delivery, url, outcome, null).inTransaction(connection, job)));
  }
}
