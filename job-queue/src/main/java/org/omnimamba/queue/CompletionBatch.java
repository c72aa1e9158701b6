package org.omnimamba.queue;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/** Completes jobs that need nothing else in their transaction, many with one statement. */
final class CompletionBatch {
  private static final int MOST = 256;

  /** Two at a time: the first of a wave goes alone, and the rest need not wait for it. */
  private static final int STATEMENTS = 2;

  private final Db db;
  private final Duration patience;
  private final Scheduler scheduler;
  private final Gathering<Entry> entries = new Gathering<>(MOST, STATEMENTS, this::writeAll);

  /** Batches that give up on a statement after that long, so that the next ones get their turn. */
  CompletionBatch(Db db, Duration patience, Scheduler scheduler) {
    this.db = db;
    this.patience = patience;
    this.scheduler = scheduler;
  }

  private record Entry(ClaimedJob claim, @Nullable String reference, MonoSink<Job> sink) {
    UUID id() {
      return claim.job().id();
    }
  }

  /** Completes the job; empty when the claim no longer holds. */
  Mono<Job> complete(ClaimedJob claim, @Nullable String reference) {
    return Mono.create(sink -> entries.add(new Entry(claim, reference, sink)));
  }

  private Mono<Void> writeAll(List<Entry> batch) {
    // always in the order of the keys, as heartbeats lock them, so that the two never deadlock
    batch.sort(Comparator.comparing(Entry::id));
    return write(batch)
        .doOnNext(done -> batch.forEach(entry -> entry.sink().success(done.get(entry.id()))))
        .doOnError(
            error -> {
              if (batch.size() == 1) {
                batch.get(0).sink().error(error);
              } else {
                batch.forEach(this::writeAlone);
              }
            })
        .then();
  }

  /** One entry may have been what the statement failed for; the others must not suffer. */
  private void writeAlone(Entry entry) {
    write(List.of(entry))
        .subscribe(
            done -> entry.sink().success(done.get(entry.id())), error -> entry.sink().error(error));
  }

  private Mono<Map<UUID, Job>> write(List<Entry> batch) {
    return db.query(
            JobRow::job,
            LeaseSql.COMPLETE_ALL,
            batch.stream().map(Entry::id).toArray(UUID[]::new),
            batch.stream().map(entry -> entry.claim().token()).toArray(Long[]::new),
            batch.stream().map(Entry::reference).toArray(String[]::new))
        .collect(HashMap::new, (Map<UUID, Job> done, Job job) -> done.put(job.id(), job))
        .timeout(patience, scheduler);
  }
}
