package org.omnimamba.jobs.result;

import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.TransactionHook;
import reactor.core.publisher.Mono;

/** One place for results. */
public interface ResultStore {

  /** Whether a reference is one of this store's. */
  boolean owns(String reference);

  /** Does what can be done before the job's last transaction. */
  Mono<Prepared> prepare(ClaimedJob claim, JobResult result);

  /** Reads a part of a result; empty when it is not there any more. */
  Mono<StoredResult> read(String reference, String name);

  /** Removes what the queue does not remove by itself. */
  Mono<Void> delete(String reference);

  /**
   * A result on its way into the store.
   *
   * @param reference goes into the job's row
   * @param hook runs in the transaction that completes the job
   */
  record Prepared(String reference, TransactionHook hook) {}
}
