package org.omnimamba.jobs.queue;

import org.omnimamba.queue.job.TransactionHook;

/** A hook of the transaction in which a job of one kind ends, however it ends. */
public interface TerminalWriter extends TransactionHook {
  /** The jobs that it is for. */
  String kind();
}
