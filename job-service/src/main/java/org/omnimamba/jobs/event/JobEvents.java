package org.omnimamba.jobs.event;

import io.r2dbc.spi.Readable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.job.ClaimedJob;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The history of a job, as far as it is kept: read, followed, and added to by its worker. */
@Component
public class JobEvents {
  private static final int BATCH = 50;

  private final DatabaseClient database;
  private final JobWatcher watcher;

  JobEvents(DatabaseClient database, JobWatcher watcher) {
    this.database = database;
    this.watcher = watcher;
  }

  /**
   * The events after one that the caller has seen (0 for all), as they happen, until the job has
   * ended or is gone.
   */
  public Flux<JobEvent> follow(String tenant, UUID id, long after) {
    return Flux.defer(
        () -> {
          AtomicLong seen = new AtomicLong(after);
          return watcher.watch(tenant, id).concatMap(job -> readAll(id, seen), 1);
        });
  }

  /** The partial image of an event; empty when it is gone. */
  public Mono<byte[]> image(UUID id, long seq) {
    return database
        .sql("SELECT image FROM job_event WHERE job_id = :id AND seq = :seq AND image IS NOT NULL")
        .bind("id", id)
        .bind("seq", seq)
        .map(row -> Objects.requireNonNull(row.get("image", byte[].class)))
        .one();
  }

  /** Whether there is anything after the event that the caller has seen. */
  public Mono<Boolean> anyAfter(UUID id, long after) {
    return read(id, after, 1).hasElements();
  }

  /**
   * Adds a partial image under a claim, in the place of an older one with the same number.
   *
   * @return whether the claim held
   */
  public Mono<Boolean> addPartialImage(ClaimedJob claim, String data, byte[] image) {
    // the row's lock keeps the numbers of one job's events in order
    return database
        .sql(
            """
            INSERT INTO job_event (job_id, type, at, data, image)
            SELECT j.id, 'partial_image', queue_now(), :data, :image
            FROM (SELECT id FROM queue_job WHERE id = :id AND token = :token
                  AND status IN ('in_progress', 'cancelling') FOR NO KEY UPDATE) j
            """)
        .bind("data", data)
        .bind("image", ByteBuffer.wrap(image))
        .bind("id", claim.job().id())
        .bind("token", claim.token())
        .fetch()
        .rowsUpdated()
        .map(rows -> rows > 0);
  }

  /** Everything there is after what was seen, a batch at a time. */
  private Flux<JobEvent> readAll(UUID id, AtomicLong seen) {
    return readBatch(id, seen)
        .expand(batch -> batch.size() < BATCH ? Mono.empty() : readBatch(id, seen))
        .concatMapIterable(batch -> batch);
  }

  private Mono<List<JobEvent>> readBatch(UUID id, AtomicLong seen) {
    return Flux.defer(() -> read(id, seen.get(), BATCH))
        .doOnNext(event -> seen.set(event.seq()))
        .collectList();
  }

  private Flux<JobEvent> read(UUID id, long after, int limit) {
    return database
        .sql(
            """
            SELECT seq, type, at, data, coalesce(octet_length(image), 0) AS image_size FROM job_event
            WHERE job_id = :id AND seq > :after ORDER BY seq LIMIT :limit
            """)
        .bind("id", id)
        .bind("after", after)
        .bind("limit", limit)
        .map(JobEvents::event)
        .all();
  }

  private static JobEvent event(Readable row) {
    return new JobEvent(
        Objects.requireNonNull(row.get("seq", Long.class)),
        Objects.requireNonNull(row.get("type", String.class)),
        Objects.requireNonNull(row.get("at", Instant.class)),
        Objects.requireNonNull(row.get("data", String.class)),
        Objects.requireNonNull(row.get("image_size", Integer.class)));
  }
}
