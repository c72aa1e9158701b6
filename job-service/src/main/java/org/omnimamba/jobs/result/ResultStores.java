package org.omnimamba.jobs.result;

import java.util.List;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.StoredResult;
import reactor.core.publisher.Mono;

/** All configured stores: the first takes new results, each is asked for its own. */
public final class ResultStores {
  private final List<ResultStore> stores;

  ResultStores(List<ResultStore> stores) {
    this.stores = List.copyOf(stores);
  }

  /** See {@link ResultStore#prepare}. */
  public Mono<ResultStore.Prepared> prepare(ClaimedJob claim, JobResult result) {
    return stores.get(0).prepare(claim, result);
  }

  /** See {@link ResultStore#read}; empty too when the store is not configured any more. */
  public Mono<StoredResult> read(String reference, String name) {
    return Mono.justOrEmpty(stores.stream().filter(s -> s.owns(reference)).findFirst())
        .flatMap(store -> store.read(reference, name));
  }

  /** See {@link ResultStore#delete}. */
  public Mono<Void> delete(String reference) {
    return Mono.justOrEmpty(stores.stream().filter(s -> s.owns(reference)).findFirst())
        .flatMap(store -> store.delete(reference));
  }
}
