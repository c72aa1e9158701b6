package org.omnimamba.jobs.batch;

import io.r2dbc.spi.Readable;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.file.StoredFile;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.queue.Submitter;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** The lines of batches: written down, made into jobs, stopped and read again. */
@Component
class BatchLines {
  /** Text of requests that is read at once; one line may be longer. */
  private static final long MOST_TEXT = 4 << 20;

  private final DatabaseClient database;
  private final FileStore files;
  private final Submitter submitter;
  private final JobJson json;
  private final int maxAttempts;

  BatchLines(
      DatabaseClient database,
      FileStore files,
      Submitter submitter,
      JobJson json,
      JobsProperties properties) {
    this.database = database;
    this.files = files;
    this.submitter = submitter;
    this.json = json;
    this.maxAttempts = properties.queue().maxAttempts();
  }

  /** A line that has no job yet. */
  private record Waiting(int line, long begin, int bytes) {}

  /** How a line ended. */
  record Ended(
      int line,
      String customId,
      String status,
      @Nullable UUID jobId,
      @Nullable String resultReference,
      @Nullable String errorCode,
      @Nullable String errorMessage,
      @Nullable String upstreamError) {}

  /** Writes down the places of all lines, in the caller's transaction. */
  Mono<Void> insert(UUID batch, List<LineChecks.Place> places) {
    return database
        .sql(
            """
            INSERT INTO batch_line (batch_id, line, custom_id, begins_at, bytes)
            SELECT :batch, p.line, p.custom_id, p.begins_at, p.bytes
            FROM unnest(:lines::integer[], :ids::text[], :begins::bigint[], :bytes::integer[])
              AS p (line, custom_id, begins_at, bytes)
            """)
        .bind("batch", batch)
        .bind("lines", places.stream().map(LineChecks.Place::line).toArray(Integer[]::new))
        .bind("ids", places.stream().map(LineChecks.Place::customId).toArray(String[]::new))
        .bind("begins", places.stream().map(LineChecks.Place::begin).toArray(Long[]::new))
        .bind("bytes", places.stream().map(LineChecks.Place::bytes).toArray(Integer[]::new))
        .then();
  }

  /** How many lines have a job that has not ended. */
  Mono<Long> open(Batch batch) {
    Mono<Void> settled =
        BatchEndpoints.isResponses(batch.endpoint()) ? settle(batch.id()) : Mono.empty();
    return settled.then(
        database
            .sql(
                "SELECT count(*) AS n FROM batch_line WHERE batch_id = :batch"
                    + " AND status = 'queued'")
            .bind("batch", batch.id())
            .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
            .one());
  }

  /**
   * Writes to lines how their jobs ended, as {@link BatchLineEnd} does, where a replica ended them
   * that does not know their kind: one of the version before ends those whose attempts are used up.
   */
  private Mono<Void> settle(UUID batch) {
    return database
        .sql(
            """
            UPDATE batch_line l SET result_reference = j.result_reference,
              error_code = j.error_code, error_message = j.error_message,
              status = CASE j.status WHEN 'completed' THEN 'completed'
                WHEN 'cancelled' THEN 'stopped' ELSE 'failed' END
            FROM queue_job j WHERE l.batch_id = :batch AND l.status = 'queued'
              AND j.id = l.job_id AND j.finished_at IS NOT NULL
            """)
        .bind("batch", batch)
        .then();
  }

  /**
   * Makes jobs of the next lines, each together with the mark that it has one.
   *
   * @param key the key that the batch came with
   * @param most so many at most
   * @return how many; 0 when no line waits
   */
  Mono<Integer> expand(Batch batch, StoredFile input, BatchClaim claim, String key, long most) {
    return database
        .sql(
            "SELECT line, begins_at, bytes FROM batch_line WHERE batch_id = :batch"
                + " AND status = 'waiting' ORDER BY line LIMIT :most")
        .bind("batch", batch.id())
        .bind("most", most)
        .map(
            row ->
                new Waiting(
                    value(row, "line", Integer.class),
                    value(row, "begins_at", Long.class),
                    value(row, "bytes", Integer.class)))
        .all()
        .collectList()
        .map(BatchLines::together)
        .filter(lines -> !lines.isEmpty())
        .flatMap(
            lines ->
                text(input, lines)
                    .flatMap(text -> claim.change(submit(batch, key, lines, text)))
                    .thenReturn(lines.size()))
        .defaultIfEmpty(0);
  }

  /** As many of the first lines as are read at once. */
  private static List<Waiting> together(List<Waiting> lines) {
    long begin = lines.isEmpty() ? 0 : lines.get(0).begin();
    long fitting =
        lines.stream().takeWhile(line -> line.begin() + line.bytes() - begin <= MOST_TEXT).count();
    return lines.subList(0, (int) Math.min(lines.size(), Math.max(1, fitting)));
  }

  private Mono<byte[]> text(StoredFile input, List<Waiting> lines) {
    Waiting last = lines.get(lines.size() - 1);
    long begin = lines.get(0).begin();
    return files
        .read(input, begin, last.begin() + last.bytes() - begin)
        .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
        .map(ByteArrayOutputStream::toByteArray);
  }

  private Mono<Void> submit(Batch batch, String key, List<Waiting> lines, byte[] text) {
    long begin = lines.get(0).begin();
    return Flux.fromIterable(lines)
        .concatMap(
            line ->
                submit(
                    batch,
                    key,
                    line.line(),
                    new String(
                        text, (int) (line.begin() - begin), line.bytes(), StandardCharsets.UTF_8)))
        .then();
  }

  private Mono<Void> submit(Batch batch, String key, int line, String request) {
    ObjectNode body = (ObjectNode) json.tree(request).path("body");
    body.remove("stream");
    JobAttributes attributes =
        new JobAttributes(
                batch.endpoint(),
                Map.of("batch", batch.id().toString(), "line", Integer.toString(line)),
                null)
            .countingFor(key);
    NewJob job =
        NewJob.of(BatchEndpoints.lineKind(batch.endpoint()), batch.tenant(), json.write(body))
            .attributes(json.write(attributes))
            .maxAttempts(maxAttempts)
            .build();
    return database
        .inConnection(connection -> submitter.submitIn(connection, job))
        .flatMap(
            outcome ->
                outcome instanceof SubmitOutcome.Accepted accepted
                    ? mark(batch.id(), line, accepted.job().id())
                    : Mono.error(
                        () -> new IllegalStateException("a line was not queued: " + outcome)));
  }

  /** Only a line that waits: the claim's lock keeps others away, and a cancelled one is stopped. */
  private Mono<Void> mark(UUID batch, int line, UUID job) {
    return database
        .sql(
            "UPDATE batch_line SET status = 'queued', job_id = :job"
                + " WHERE batch_id = :batch AND line = :line AND status = 'waiting'")
        .bind("job", job)
        .bind("batch", batch)
        .bind("line", line)
        .fetch()
        .rowsUpdated()
        .filter(rows -> rows == 1)
        .switchIfEmpty(
            Mono.error(() -> new IllegalStateException("line " + line + " has a job already")))
        .then();
  }

  /** Marks the lines that have no job as stopped, in the caller's transaction. */
  Mono<Void> stopWaiting(UUID batch) {
    return database
        .sql(
            "UPDATE batch_line SET status = 'stopped'"
                + " WHERE batch_id = :batch AND status = 'waiting'")
        .bind("batch", batch)
        .then();
  }

  /** The jobs of lines that have not ended. */
  Flux<UUID> openJobs(UUID batch) {
    return database
        .sql("SELECT job_id FROM batch_line WHERE batch_id = :batch AND status = 'queued'")
        .bind("batch", batch)
        .map(row -> value(row, "job_id", UUID.class))
        .all();
  }

  /** The lines after one, in order; all of them have ended. */
  Flux<Ended> ended(UUID batch, int after, int most) {
    return database
        .sql(
            """
            SELECT l.line, l.custom_id, l.status, l.job_id, l.result_reference, l.error_code,
              l.error_message, u.body AS upstream
            FROM batch_line l LEFT JOIN job_upstream_error u ON u.job_id = l.job_id
            WHERE l.batch_id = :batch AND l.line > :after ORDER BY l.line LIMIT :most
            """)
        .bind("batch", batch)
        .bind("after", after)
        .bind("most", most)
        .map(
            row ->
                new Ended(
                    value(row, "line", Integer.class),
                    value(row, "custom_id", String.class),
                    value(row, "status", String.class),
                    row.get("job_id", UUID.class),
                    row.get("result_reference", String.class),
                    row.get("error_code", String.class),
                    row.get("error_message", String.class),
                    row.get("upstream", String.class)))
        .all();
  }

  private static <T> T value(Readable row, String column, Class<T> type) {
    return Objects.requireNonNull(row.get(column, type), column);
  }
}
