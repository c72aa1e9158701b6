package org.omnimamba.queue.job;

import io.r2dbc.spi.Connection;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Work done in the transaction that changes a job: result rows, an outbox entry. It commits with
 * the change or not at all; an error rolls both back.
 */
@FunctionalInterface
public interface TransactionHook {

  /** Does nothing; a change without a hook needs no explicit transaction and is cheaper. */
  TransactionHook NONE = (connection, job) -> Mono.empty();

  /**
   * Writes through the given connection only, and neither commits nor closes it.
   *
   * @param connection in a transaction that already holds the change
   * @param job the job as changed
   */
  Publisher<Void> inTransaction(Connection connection, Job job);

  /** Does this, then the other, in the same transaction. */
  default TransactionHook then(TransactionHook other) {
    return (connection, job) ->
        Mono.from(inTransaction(connection, job))
            .then(Mono.defer(() -> Mono.from(other.inTransaction(connection, job))));
  }
}
