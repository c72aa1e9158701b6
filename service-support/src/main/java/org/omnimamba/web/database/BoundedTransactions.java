package org.omnimamba.web.database;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import java.time.Duration;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Transactions that the server ends when the program's next statement does not come in time. The
 * rows of a program whose machine has vanished, or that is stopped, would otherwise stay locked for
 * as long as the server takes its connection for alive, by default hours.
 */
public final class BoundedTransactions extends R2dbcTransactionManager {
  private static final Duration LEAST_IDLE = Duration.ofSeconds(1);

  private final String bound;

  /**
   * Transactions on these connections.
   *
   * @param idle how long the server waits for the next statement, at least a second
   */
  public BoundedTransactions(ConnectionFactory connections, Duration idle) {
    super(connections);
    long millis = Math.max(idle.toMillis(), LEAST_IDLE.toMillis());
    this.bound = "SET LOCAL idle_in_transaction_session_timeout = " + millis;
  }

  @Override
  protected Mono<Void> prepareTransactionalConnection(
      Connection connection, TransactionDefinition definition) {
    return super.prepareTransactionalConnection(connection, definition)
        .thenMany(
            Flux.from(connection.createStatement(bound).execute()).flatMap(Result::getRowsUpdated))
        .then();
  }
}
