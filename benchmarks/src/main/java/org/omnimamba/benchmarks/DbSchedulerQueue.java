package org.omnimamba.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.SystemClock;
import com.github.kagkarlsson.scheduler.TaskResolver;
import com.github.kagkarlsson.scheduler.event.SchedulerListeners;
import com.github.kagkarlsson.scheduler.jdbc.JdbcTaskRepository;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.queue.testing.TestDatabase;

/** db-scheduler, set up as its documentation advises for high throughput on PostgreSQL. */
final class DbSchedulerQueue implements QueueContender {
  private static final String TASK = "noop";
  private static final int AHEAD = 4;
  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS scheduled_tasks (
        task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
        execution_time timestamptz, picked boolean NOT NULL, picked_by text,
        last_success timestamptz, last_failure timestamptz, consecutive_failures int,
        last_heartbeat timestamptz, version bigint NOT NULL, priority smallint, state text,
        PRIMARY KEY (task_name, task_instance));
      CREATE INDEX IF NOT EXISTS execution_time_idx ON scheduled_tasks (execution_time);
      CREATE INDEX IF NOT EXISTS last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
      CREATE INDEX IF NOT EXISTS priority_idx ON scheduled_tasks
        (priority DESC, execution_time ASC);
      """;

  private final TestDatabase database;
  private final HikariDataSource pool;
  private final AtomicLong ids = new AtomicLong();
  private final SchedulerClient client;
  private final JdbcTaskRepository repository;
  private Scheduler waiting;

  DbSchedulerQueue(TestDatabase database, int connections) {
    this.database = database;
    database.execute(TABLE);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(database.jdbcUrl());
    config.setUsername(database.username());
    config.setPassword(database.password());
    config.setMaximumPoolSize(connections);
    this.pool = new HikariDataSource(config);
    OneTimeTask<Void> task = task(() -> {});
    this.client = SchedulerClient.Builder.create(pool, task).build();
    SystemClock clock = new SystemClock();
    this.repository =
        new JdbcTaskRepository(
            pool,
            true,
            JdbcTaskRepository.DEFAULT_TABLE_NAME,
            new TaskResolver(SchedulerListeners.NOOP, clock, List.of(task)),
            new SchedulerName.Fixed("benchmark"),
            false,
            clock);
    this.waiting = scheduler(task, 1);
  }

  private static OneTimeTask<Void> task(Runnable run) {
    return Tasks.oneTime(TASK).execute((instance, context) -> run.run());
  }

  /** Lock-and-fetch, up to four batches of its threads ahead, as the README advises. */
  private Scheduler scheduler(OneTimeTask<Void> task, int threads) {
    return Scheduler.create(pool, task)
        .threads(threads)
        .pollUsingLockAndFetch(0.5, AHEAD)
        .pollingInterval(Duration.ofMillis(100))
        .enableImmediateExecution()
        .build();
  }

  @Override
  public String name() {
    return "db-scheduler";
  }

  @Override
  public void reset() {
    database.execute("TRUNCATE scheduled_tasks");
  }

  @Override
  public void fill(int jobs, int atOnce) {
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    for (int i = 0; i < jobs; i++) {
      threads.execute(
          () -> client.scheduleIfNotExists(task(() -> {}).instance(nextId()), Instant.now()));
    }
    threads.shutdown();
    try {
      threads.awaitTermination(1, TimeUnit.HOURS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void fillQuickly(int jobs) {
    database.execute(
        "INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version,"
            + " consecutive_failures, priority) SELECT 'noop', 'q' || n,"
            + " now() - interval '1 h' + n * interval '1 ms', false, 1, 0, 0"
            + " FROM generate_series(1, "
            + jobs
            + ") n");
  }

  @Override
  public void work(int jobs, int held) throws InterruptedException {
    CountDownLatch started = new CountDownLatch(jobs);
    Scheduler scheduler = scheduler(task(started::countDown), held / AHEAD);
    scheduler.start();
    started.await();
    // waits for the executions under way, whose ends are committed by then
    scheduler.stop();
  }

  @Override
  public AutoCloseable waitForWork(Starts starts) {
    Scheduler scheduler = scheduler(task(starts::started), 8);
    scheduler.start();
    waiting = scheduler;
    return scheduler::stop;
  }

  @Override
  public void submitOne() {
    // through the running scheduler, which then looks for work at once
    waiting.scheduleIfNotExists(task(() -> {}).instance(nextId()), Instant.now());
  }

  @Override
  public long claim(int batch) {
    long start = System.nanoTime();
    List<Execution> executions = repository.lockAndGetDue(Instant.now(), batch);
    long nanos = System.nanoTime() - start;
    executions.forEach(repository::remove);
    return nanos;
  }

  @Override
  public void close() {
    pool.close();
  }

  private String nextId() {
    return "j" + ids.incrementAndGet();
  }
}
