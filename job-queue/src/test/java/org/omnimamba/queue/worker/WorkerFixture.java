package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.RetentionOptions;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A database of one test's own, a queue on it, and workers that end with the test. */
final class WorkerFixture implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(30);

  /** Moves the time of the workers of {@link #timed}; the database has a clock of its own. */
  final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

  final TestDatabase database = TestDatabase.create();
  private final ConnectionPool pool = database.pool(8);
  final JobQueue queue = JobQueue.builder(pool).build();
  final QueueListener listener = new QueueListener(database.connections());
  final QueueMaintenance maintenance = new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
  private final List<JobWorker> workers = new ArrayList<>();

  WorkerFixture() {
    listener.start();
    await().atMost(SOON).until(listener::isConnected);
  }

  /** A worker that hears of work only through hints: it polls once at its start and then hourly. */
  static WorkerOptions hintsOnly() {
    return WorkerOptions.of("test", 4)
        .withPollInterval(Duration.ofHours(1))
        .withGrace(Duration.ZERO)
        .withProgressInterval(Duration.ZERO)
        .withRetry((attempt, random) -> Duration.ZERO);
  }

  JobWorker start(String kind, JobHandler handler) {
    return start(queue, kind, handler, hintsOnly());
  }

  JobWorker start(JobQueue of, String kind, JobHandler handler, WorkerOptions options) {
    return start(new JobWorker(of, kind, handler, options, listener));
  }

  JobWorker start(JobWorker worker) {
    workers.add(worker);
    worker.start();
    return worker;
  }

  /** A queue on the same database whose workers go by {@link #clock}. */
  JobQueue timed() {
    return JobQueue.builder(pool).scheduler(clock).build();
  }

  /** Lets time pass for the workers and for the database. */
  void pass(Duration time) {
    database.advance(time);
    clock.advanceTimeBy(time);
  }

  Job submit(NewJob.Builder job) {
    return ((SubmitOutcome.Accepted) queue.submit(job.build()).block()).job();
  }

  Job get(Job job) {
    return queue.get(job.tenant(), job.id()).block();
  }

  void awaitStatus(Job job, JobStatus status) {
    await().atMost(SOON).untilAsserted(() -> assertThat(get(job).status()).isEqualTo(status));
  }

  @Override
  public void close() {
    workers.forEach(JobWorker::abandon);
    listener.close();
    database.close();
  }
}
