package org.omnimamba.jobs.result;

import org.omnimamba.queue.JobResults;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.StoredResult;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Results in the queue's own partitioned table, committed with the job and removed with it. */
final class PostgresResultStore implements ResultStore {
  private final JobResults results;

  PostgresResultStore(JobResults results) {
    this.results = results;
  }

  @Override
  public boolean owns(String reference) {
    return JobResults.isReference(reference);
  }

  @Override
  public Mono<Prepared> prepare(ClaimedJob claim, JobResult result) {
    String reference = JobResults.reference(claim);
    return Mono.just(
        new Prepared(
            reference,
            (connection, job) ->
                Flux.fromIterable(result.parts().entrySet())
                    .concatMap(
                        part ->
                            JobResults.writeIn(
                                connection, reference, part.getKey(), part.getValue()))
                    .then()));
  }

  @Override
  public Mono<StoredResult> read(String reference, String name) {
    return results.read(reference, name);
  }

  @Override
  public Mono<Void> delete(String reference) {
    return Mono.empty();
  }
}
