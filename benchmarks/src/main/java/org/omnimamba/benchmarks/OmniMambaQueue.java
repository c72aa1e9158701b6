package org.omnimamba.benchmarks;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobResults;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerOptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** This project's queue, by itself or as job-service runs it. */
final class OmniMambaQueue implements QueueContender {
  private static final String TENANT = "t";

  /** The kind whose history the triggers of job-service record. */
  private static final String SERVICE_KIND = "inference";

  /** One statement in the transaction of each end: job-service looks for receivers there. */
  private static final String RECEIVERS =
      "SELECT id FROM webhook_endpoint WHERE tenant = $1 AND disabled_reason IS NULL"
          + " AND 'job.completed' = ANY (events) FOR KEY SHARE";

  private static final byte[] RESULT = new byte[1000];

  private final String name;
  private final String kind;
  private final TestDatabase database;
  private final ConnectionPool pool;
  private final JobQueue queue;
  private final JobLeases leases;
  private final QueueListener listener;
  private final int tenants;
  private final boolean withService;

  /** The library by itself: no history, no results, no hooks. */
  static OmniMambaQueue alone(TestDatabase database, int connections, int tenants) {
    String name = tenants == 1 ? "job-queue" : "job-queue, " + tenants + " tenants";
    return new OmniMambaQueue(name, "noop", database, database.pool(connections), tenants);
  }

  /**
   * As job-service runs it: triggers record the history of each job, a connection is validated
   * before each use, and a job's end writes a result and looks for receivers in one transaction.
   *
   * @param database with the tables of job-service
   */
  static OmniMambaQueue inService(TestDatabase database, int connections) {
    ConnectionPool pool =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(database.connections())
                .initialSize(0)
                .maxSize(connections)
                .validationQuery("SELECT 1")
                .build());
    return new OmniMambaQueue("job-queue, as job-service", SERVICE_KIND, database, pool, 1);
  }

  private static Mono<Void> receivers(Connection connection, Job job) {
    return Statements.query(connection, row -> true, RECEIVERS, job.tenant()).then();
  }

  private static TransactionHook result(String reference) {
    return (connection, job) ->
        JobResults.writeIn(
            connection, reference, "result", new StoredResult("application/json", RESULT));
  }

  private Mono<JobOutcome> outcome(ClaimedJob claim) {
    if (!withService) {
      return Mono.empty();
    }
    String reference = JobResults.reference(claim);
    return Mono.just(JobOutcome.completed(reference, result(reference)));
  }

  private Mono<Job> complete(ClaimedJob claim) {
    if (!withService) {
      return leases.complete(claim, null, TransactionHook.NONE);
    }
    String reference = JobResults.reference(claim);
    return leases.complete(claim, reference, result(reference));
  }

  private OmniMambaQueue(
      String name, String kind, TestDatabase database, ConnectionPool pool, int tenants) {
    this.name = name;
    this.kind = kind;
    this.database = database;
    this.pool = pool;
    this.withService = kind.equals(SERVICE_KIND);
    this.queue =
        withService
            ? JobQueue.builder(pool).onTerminal(kind, OmniMambaQueue::receivers).build()
            : JobQueue.builder(pool).build();
    this.leases = queue.leases();
    this.listener = new QueueListener(database.connections());
    this.tenants = tenants;
    listener.start();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void reset() {
    database.execute("TRUNCATE queue_job, queue_tenant, queue_result CASCADE");
  }

  @Override
  public void fill(int jobs, int atOnce) {
    Flux.range(0, jobs)
        .flatMap(n -> queue.submit(NewJob.of(kind, TENANT + n % tenants, "{}").build()), atOnce)
        .blockLast();
  }

  @Override
  public void fillQuickly(int jobs) {
    database.execute(
        "INSERT INTO queue_job (kind, tenant, max_attempts, ranked_at, available_at, created_at,"
            + " updated_at, payload) SELECT '"
            + kind
            + "', 't' || n % "
            + tenants
            + ", 3, t.at, t.at, t.at, t.at, '{}' FROM generate_series(1, "
            + jobs
            + ") n, LATERAL (SELECT queue_now() - interval '1 h' + n * interval '1 ms' AS at) t");
  }

  @Override
  public void work(int jobs, int held) throws InterruptedException {
    CountDownLatch started = new CountDownLatch(jobs);
    JobWorker worker =
        new JobWorker(
            queue,
            kind,
            context -> {
              started.countDown();
              return outcome(context.claim());
            },
            WorkerOptions.of("benchmark", held),
            listener);
    worker.start();
    started.await();
    worker.drain().block();
  }

  @Override
  public AutoCloseable waitForWork(Starts starts) {
    JobWorker worker =
        new JobWorker(
            queue,
            kind,
            context -> {
              starts.started();
              return outcome(context.claim());
            },
            WorkerOptions.of("benchmark", 8),
            listener);
    worker.start();
    return () -> worker.drain().block();
  }

  @Override
  public void submitOne() {
    queue.submit(NewJob.of(kind, TENANT + 0, "{}").build()).block();
  }

  @Override
  public long claim(int batch) {
    long start = System.nanoTime();
    List<ClaimedJob> claims = leases.claim(kind, "benchmark", batch).blockOptional().orElseThrow();
    long nanos = System.nanoTime() - start;
    Flux.fromIterable(claims).flatMap(this::complete, batch).blockLast();
    return nanos;
  }

  @Override
  public void close() {
    listener.close();
    pool.dispose();
  }
}
