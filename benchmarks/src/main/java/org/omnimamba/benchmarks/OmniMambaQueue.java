package org.omnimamba.benchmarks;

import io.r2dbc.pool.ConnectionPool;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.omnimamba.queue.JobLeases;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerOptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** This project's queue. */
final class OmniMambaQueue implements QueueContender {
  private static final String KIND = "noop";

  private final TestDatabase database;
  private final ConnectionPool pool;
  private final JobQueue queue;
  private final JobLeases leases;
  private final QueueListener listener;
  private final int tenants;

  OmniMambaQueue(TestDatabase database, int connections, int tenants) {
    this.database = database;
    this.pool = database.pool(connections);
    this.queue = JobQueue.builder(pool).build();
    this.leases = queue.leases();
    this.listener = new QueueListener(database.connections());
    this.tenants = tenants;
    listener.start();
  }

  @Override
  public String name() {
    return tenants == 1 ? "job-queue" : "job-queue, " + tenants + " tenants";
  }

  @Override
  public void reset() {
    database.execute("TRUNCATE queue_job, queue_tenant");
  }

  @Override
  public void fill(int jobs, int atOnce) {
    Flux.range(0, jobs)
        .flatMap(n -> queue.submit(NewJob.of(KIND, "t" + n % tenants, "{}").build()), atOnce)
        .blockLast();
  }

  @Override
  public void fillQuickly(int jobs) {
    database.execute(
        "INSERT INTO queue_job (kind, tenant, max_attempts, ranked_at, available_at, created_at,"
            + " updated_at, payload) SELECT 'noop', 't' || n % "
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
            KIND,
            context -> {
              started.countDown();
              return Mono.empty();
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
            KIND,
            context -> {
              starts.started();
              return Mono.empty();
            },
            WorkerOptions.of("benchmark", 8),
            listener);
    worker.start();
    return () -> worker.drain().block();
  }

  @Override
  public void submitOne() {
    queue.submit(NewJob.of(KIND, "t0", "{}").build()).block();
  }

  @Override
  public long claim(int batch) {
    long start = System.nanoTime();
    List<ClaimedJob> claims = leases.claim(KIND, "benchmark", batch).blockOptional().orElseThrow();
    long nanos = System.nanoTime() - start;
    Flux.fromIterable(claims)
        .flatMap(claim -> leases.complete(claim, null, TransactionHook.NONE), batch)
        .blockLast();
    return nanos;
  }

  @Override
  public void close() {
    listener.close();
    pool.dispose();
  }
}
