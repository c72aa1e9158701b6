package org.omnimamba.jobs.queue;

import io.r2dbc.spi.Connection;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.TransactionHook;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/**
 * What else is written when a job ends. The writers need the queue, and the queue needs this, so
 * they are looked up when the first job ends.
 */
@Component
class TerminalHooks implements TransactionHook {
  private final ObjectProvider<TerminalWriter> writers;

  TerminalHooks(ObjectProvider<TerminalWriter> writers) {
    this.writers = writers;
  }

  @Override
  public Publisher<Void> inTransaction(Connection connection, Job job) {
    return Flux.defer(() -> Flux.fromStream(writers.orderedStream()))
        .filter(writer -> writer.kind().equals(job.kind()))
        .concatMap(writer -> writer.onEnd(connection, job))
        .then();
  }
}
