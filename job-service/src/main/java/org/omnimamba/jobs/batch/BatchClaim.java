package org.omnimamba.jobs.batch;

import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.LeaseLostException;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;

/** Makes changes under the claim of the job that drives a batch. */
final class BatchClaim {
  private final DatabaseClient database;
  private final TransactionalOperator transaction;
  private final ClaimedJob claim;

  BatchClaim(DatabaseClient database, TransactionalOperator transaction, ClaimedJob claim) {
    this.database = database;
    this.transaction = transaction;
    this.claim = claim;
  }

  ClaimedJob claim() {
    return claim;
  }

  /**
   * Runs the change in a transaction in which nobody else can take the claim.
   *
   * @return fails with {@link LeaseLostException}, having changed nothing, when it is taken already
   */
  <T> Mono<T> change(Mono<T> change) {
    return database
        .sql(
            "SELECT 1 AS held FROM queue_job WHERE id = :id AND token = :token"
                + " AND lease_until IS NOT NULL FOR SHARE")
        .bind("id", claim.job().id())
        .bind("token", claim.token())
        .map(row -> true)
        .one()
        .switchIfEmpty(Mono.error(() -> new LeaseLostException(claim.job().id(), claim.token())))
        .then(change)
        .as(transaction::transactional);
  }
}
