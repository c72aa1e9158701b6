package org.omnimamba.jobs.queue;

import io.r2dbc.spi.Connection;
import org.omnimamba.queue.job.Job;
import reactor.core.publisher.Mono;

/** Writes something in the transaction in which a job ends, whoever ends it. */
public interface TerminalWriter {
  /** Which jobs it is for. */
  String kind();

  /**
   * Writes through the given connection only.
   *
   * @param job as it ended
   */
  Mono<Void> onEnd(Connection connection, Job job);
}
