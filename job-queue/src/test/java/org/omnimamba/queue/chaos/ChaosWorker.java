package org.omnimamba.queue.chaos;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobResults;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.QueueOptions;
import org.omnimamba.queue.RetentionOptions;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.testing.PostgresServer;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.RetryPolicy;
import org.omnimamba.queue.worker.WorkerOptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The program that runs in each worker process. Every execution is noted in a commit of its own;
 * every effect commits with the end of its job. Ends in order when its standard input ends.
 */
public final class ChaosWorker {
  static final String KIND = "chaos";
  private static final int CONCURRENCY = 8;

  private final JobQueue queue;
  private final ConnectionPool pool;
  private final ConnectionFactory connections;
  private final String name;
  private final int workMillis;

  private ChaosWorker(String url, String name, Duration lease, int workMillis) {
    this.name = name;
    this.workMillis = workMillis;
    this.connections =
        ConnectionFactories.get(
            ConnectionFactoryOptions.parse(url)
                .mutate()
                .option(ConnectionFactoryOptions.USER, PostgresServer.USER)
                .option(ConnectionFactoryOptions.PASSWORD, PostgresServer.PASSWORD)
                .build());
    this.pool =
        new ConnectionPool(
            ConnectionPoolConfiguration.builder(connections)
                .initialSize(0)
                .maxSize(8)
                .maxAcquireTime(Duration.ofSeconds(5))
                .build());
    this.queue = JobQueue.builder(pool).options(QueueOptions.DEFAULTS.withLease(lease)).build();
  }

  /** What tells the jobs apart. */
  static String payload(int n) {
    return "{\"n\":" + n + (isPlain(n) ? ",\"plain\":true}" : "}");
  }

  /** Whether that job has neither a key nor a hook. */
  static boolean isPlain(int n) {
    return n % 2 == 1;
  }

  /** Arguments: the database's URL, a name, the lease and the work of a job in milliseconds. */
  public static void main(String[] arguments) throws IOException {
    Duration lease = Duration.ofMillis(Long.parseLong(arguments[2]));
    new ChaosWorker(arguments[0], arguments[1], lease, Integer.parseInt(arguments[3])).run();
    System.exit(0);
  }

  private void run() throws IOException {
    Duration lease = queue.options().lease();
    WorkerOptions options =
        WorkerOptions.of(name, CONCURRENCY)
            .withMargin(lease.dividedBy(10))
            .withPollInterval(Duration.ofMillis(500))
            .withRetry(RetryPolicy.exponential(Duration.ofMillis(50), Duration.ofSeconds(1)));
    try (QueueListener listener = new QueueListener(connections);
        QueueMaintenance maintenance =
            new QueueMaintenance(
                queue, RetentionOptions.DEFAULTS.withSweepInterval(lease.dividedBy(6)))) {
      listener.start();
      maintenance.start();
      JobWorker worker = new JobWorker(queue, KIND, this::handle, options, listener);
      worker.start();
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // the parent only ever ends the stream
      }
      worker.drain().block();
      System.out.println("drained " + worker.stats() + " reconnects " + listener.reconnects());
    }
  }

  private Mono<JobOutcome> handle(JobContext context) {
    int work = ThreadLocalRandom.current().nextInt(workMillis / 2, workMillis * 3 / 2);
    String reference = JobResults.reference(context.claim());
    StoredResult result =
        new StoredResult("text/plain", context.payload().getBytes(StandardCharsets.UTF_8));
    Mono<Void> noted =
        Mono.usingWhen(
            pool.create(),
            connection ->
                insert(connection, "INSERT INTO chaos_execution VALUES ($1, $2, $3)", context),
            Connection::close);
    JobOutcome outcome =
        context.payload().contains("plain")
            ? JobOutcome.completed("plain:" + context.payload(), TransactionHook.NONE)
            : JobOutcome.completed(
                reference,
                (connection, job) ->
                    insert(connection, "INSERT INTO chaos_effect VALUES ($1, $2, $3)", context)
                        .then(JobResults.writeIn(connection, reference, "main", result)));
    return noted.then(Mono.delay(Duration.ofMillis(work))).thenReturn(outcome);
  }

  private Mono<Void> insert(Connection connection, String sql, JobContext context) {
    return Flux.from(
            connection
                .createStatement(sql)
                .bind(0, context.job().id())
                .bind(1, context.claim().token())
                .bind(2, name)
                .execute())
        .concatMap(inserted -> inserted.getRowsUpdated())
        .then();
  }
}
