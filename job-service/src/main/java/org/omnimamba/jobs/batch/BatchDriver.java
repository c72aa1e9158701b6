package org.omnimamba.jobs.batch;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.file.StoredFile;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Takes a batch from where it stands to its end, one step after the other. */
@Component
class BatchDriver implements JobHandler {
  /** It was deleted at the moment in which the batch was made. */
  private static final List<LineChecks.LineError> INPUT_GONE =
      List.of(
          new LineChecks.LineError(
              "file_not_found", "The input file was deleted.", "input_file_id", null));

  private static final String KEY = "key";

  private final DatabaseClient database;
  private final TransactionalOperator transaction;
  private final BatchStore batches;
  private final BatchLines lines;
  private final BatchFiles output;
  private final FileStore files;
  private final BatchWebhooks webhooks;
  private final JobQueue queue;
  private final JobJson json;
  private final int window;
  private final int longestLine;
  private final Duration pollInterval;

  BatchDriver(
      DatabaseClient database,
      TransactionalOperator transaction,
      BatchStore batches,
      BatchLines lines,
      BatchFiles output,
      FileStore files,
      BatchWebhooks webhooks,
      JobQueue queue,
      JobJson json,
      JobsProperties properties) {
    this.database = database;
    this.transaction = transaction;
    this.batches = batches;
    this.lines = lines;
    this.output = output;
    this.files = files;
    this.webhooks = webhooks;
    this.queue = queue;
    this.json = json;
    this.window = properties.batches().window();
    this.longestLine = Math.toIntExact(properties.api().maxBody().toBytes());
    this.pollInterval = properties.batches().pollInterval();
  }

  /** What follows a step: the next at once, the next in a moment, or nothing. */
  private enum Next {
    AGAIN,
    LATER,
    NOTHING
  }

  /** What the job of a batch carries: the key that its lines count for. */
  static String attributes(JobJson json, UsageOrigin origin) {
    return json.write(json.object().put(KEY, origin.key()));
  }

  private String keyOf(BatchClaim claim) {
    return json.tree(claim.claim().job().attributes()).path(KEY).asString(UsageOrigin.UNKNOWN);
  }

  @Override
  public Mono<JobOutcome> handle(JobContext context) {
    BatchClaim claim = new BatchClaim(database, transaction, context.claim());
    String tenant = context.job().tenant();
    UUID id = context.job().id();
    return Mono.defer(() -> batches.find(tenant, id))
        .flatMap(batch -> step(batch, claim))
        .defaultIfEmpty(Next.NOTHING)
        .delayUntil(next -> next == Next.LATER ? Mono.delay(pollInterval) : Mono.empty())
        .repeat()
        .takeUntil(next -> next == Next.NOTHING)
        .then(Mono.fromSupplier(JobOutcome::completed));
  }

  private Mono<Next> step(Batch batch, BatchClaim claim) {
    return switch (batch.status()) {
      case VALIDATING -> validate(batch, claim);
      case IN_PROGRESS ->
          isOver(batch)
              .flatMap(
                  over -> over ? stop(batch, claim, Batch.Status.EXPIRED) : advance(batch, claim));
      case CANCELLING -> stop(batch, claim, Batch.Status.CANCELLED);
      case FINALIZING -> end(batch, claim, Batch.Status.COMPLETED);
      case FAILED, COMPLETED, EXPIRED, CANCELLED -> Mono.just(Next.NOTHING);
    };
  }

  private Mono<Next> validate(Batch batch, BatchClaim claim) {
    LineChecks checks = new LineChecks(json, batch.endpoint());
    return files
        .findInput(batch.tenant(), batch.inputFile())
        .map(file -> judge(file, checks))
        .defaultIfEmpty(Mono.just(INPUT_GONE))
        .flatMap(read -> read)
        .flatMap(
            errors -> errors.isEmpty() ? begin(batch, claim, checks) : fail(batch, claim, errors));
  }

  private Mono<List<LineChecks.LineError>> judge(StoredFile file, LineChecks checks) {
    LineSplitter splitter = new LineSplitter(longestLine);
    return files
        .read(file, 0, file.bytes())
        .publishOn(Schedulers.boundedElastic(), 1)
        .doOnNext(piece -> splitter.accept(piece).forEach(checks::accept))
        .then(
            Mono.fromSupplier(
                () -> {
                  splitter.rest().forEach(checks::accept);
                  return checks.errors();
                }));
  }

  private Mono<Next> begin(Batch batch, BatchClaim claim, LineChecks checks) {
    Mono<Void> change =
        lines
            .insert(batch.id(), checks.places())
            .then(
                database
                    .sql(
                        "UPDATE batch SET status = 'in_progress', in_progress_at = queue_now(),"
                            + " model = :model WHERE job_id = :id")
                    .bind("model", text(checks.model()))
                    .bind("id", batch.id())
                    .then());
    return claim.change(whileIn(batch, change)).thenReturn(Next.AGAIN);
  }

  private Mono<Next> fail(Batch batch, BatchClaim claim, List<LineChecks.LineError> errors) {
    Mono<Void> change =
        database
            .sql(
                "UPDATE batch SET status = 'failed', failed_at = queue_now(), errors = :errors"
                    + " WHERE job_id = :id")
            .bind("errors", json.write(errors))
            .bind("id", batch.id())
            .then()
            .then(Mono.defer(() -> webhooks.tell(claim.claim().job(), Batch.Status.FAILED)));
    return claim.change(whileIn(batch, change)).thenReturn(Next.AGAIN);
  }

  /** Fills the window, or goes on to the files when all lines have ended. */
  private Mono<Next> advance(Batch batch, BatchClaim claim) {
    return lines
        .open(batch)
        .flatMap(
            open ->
                open >= window
                    ? Mono.just(Next.LATER)
                    : expand(batch, claim, window - open)
                        .flatMap(
                            made -> {
                              if (made > 0) {
                                return Mono.just(Next.AGAIN);
                              }
                              return open > 0 ? Mono.just(Next.LATER) : finalizing(batch, claim);
                            }));
  }

  private Mono<Integer> expand(Batch batch, BatchClaim claim, long most) {
    return files
        .findInput(batch.tenant(), batch.inputFile())
        .switchIfEmpty(
            Mono.error(() -> new IllegalStateException("the input of " + batch.id() + " is gone")))
        .flatMap(file -> lines.expand(batch, file, claim, keyOf(claim), most));
  }

  private Mono<Next> finalizing(Batch batch, BatchClaim claim) {
    Mono<Void> change =
        database
            .sql(
                "UPDATE batch SET status = 'finalizing', finalizing_at = queue_now()"
                    + " WHERE job_id = :id")
            .bind("id", batch.id())
            .then();
    return claim.change(whileIn(batch, change)).thenReturn(Next.AGAIN);
  }

  /** Stops all lines that have not ended; the files have what there was until then. */
  private Mono<Next> stop(Batch batch, BatchClaim claim, Batch.Status end) {
    return claim
        .change(lines.stopWaiting(batch.id()))
        .thenMany(lines.openJobs(batch.id()).collectList().flatMapIterable(jobs -> jobs))
        .concatMap(job -> queue.cancel(batch.tenant(), job))
        .then(Mono.defer(() -> lines.open(batch)))
        .flatMap(open -> open > 0 ? Mono.just(Next.LATER) : end(batch, claim, end));
  }

  /** Writes the files, and shows them together with the last status. */
  private Mono<Next> end(Batch batch, BatchClaim claim, Batch.Status end) {
    return output
        .write(batch, end)
        .flatMap(writing -> claim.change(whileIn(batch, show(batch, claim, end, writing))))
        .thenReturn(Next.AGAIN);
  }

  private Mono<Void> show(
      Batch batch, BatchClaim claim, Batch.Status end, BatchFiles.Writing writing) {
    Mono<Optional<UUID>> answers =
        writing.showOutput().map(StoredFile::id).map(Optional::of).defaultIfEmpty(Optional.empty());
    Mono<Optional<UUID>> errors =
        writing.showErrors().map(StoredFile::id).map(Optional::of).defaultIfEmpty(Optional.empty());
    return answers
        .zipWhen(shown -> errors)
        .flatMap(
            shown ->
                database
                    .sql(
                        "UPDATE batch SET status = :status, usage = :usage,"
                            + " output_file_id = :output, error_file_id = :errors, "
                            + end.wireName()
                            + "_at = queue_now() WHERE job_id = :id")
                    .bind("status", end.wireName())
                    .bind("usage", writing.usage())
                    .bind("output", id(shown.getT1().orElse(null)))
                    .bind("errors", id(shown.getT2().orElse(null)))
                    .bind("id", batch.id())
                    .then())
        .then(Mono.defer(() -> webhooks.tell(claim.claim().job(), end)));
  }

  /** Runs the change if the batch is still where it was read; a client may have cancelled it. */
  private Mono<Void> whileIn(Batch batch, Mono<Void> change) {
    return database
        .sql("SELECT status FROM batch WHERE job_id = :id FOR UPDATE")
        .bind("id", batch.id())
        .map(row -> Objects.requireNonNull(row.get("status", String.class)))
        .one()
        .filter(status -> status.equals(batch.status().wireName()))
        .flatMap(status -> change);
  }

  private Mono<Boolean> isOver(Batch batch) {
    return database
        .sql("SELECT expires_at <= queue_now() AS over FROM batch WHERE job_id = :id")
        .bind("id", batch.id())
        .map(row -> Objects.requireNonNull(row.get("over", Boolean.class)))
        .one();
  }

  private static Parameter text(@Nullable String value) {
    return value == null ? Parameters.in(R2dbcType.VARCHAR) : Parameters.in(value);
  }

  private static Parameter id(@Nullable UUID value) {
    return value == null ? Parameters.in(UUID.class) : Parameters.in(value);
  }
}
