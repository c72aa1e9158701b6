package org.omnimamba.queue;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;
import java.util.function.Function;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Submits jobs in transactions of the caller's. It needs no pool and no {@link JobQueue}, so a hook
 * that is given to the builder of a queue can submit jobs of the same queue.
 */
public final class Submitter {
  private final QueueOptions options;

  /**
   * Submits under the limits of these options.
   *
   * @param options the same as those of the queue
   */
  public Submitter(QueueOptions options) {
    this.options = options;
  }

  /**
   * Queues a job in the caller's transaction: it and its hint are there once that commits.
   *
   * @param connection in a transaction of the caller's
   */
  public Mono<SubmitOutcome> submitIn(Connection connection, NewJob job) {
    Submission.Queries here =
        new Submission.Queries() {
          @Override
          public <T> Flux<T> query(Function<Readable, T> mapper, String sql, Object... arguments) {
            return Statements.query(connection, mapper, sql, arguments);
          }
        };
    return new Submission(job, options, here)
        .submit()
        .flatMap(
            outcome ->
                outcome instanceof SubmitOutcome.Accepted
                    ? Hints.readyOnCommit(connection, job.kind()).thenReturn(outcome)
                    : Mono.just(outcome));
  }
}
