package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.queue.testing.TestDatabase;
import reactor.test.scheduler.VirtualTimeScheduler;

/** When hints are sent; only the test moves the queue's time. */
class HintsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
  private final List<QueueSignal> local = new CopyOnWriteArrayList<>();
  private final List<QueueSignal> heard = new CopyOnWriteArrayList<>();
  private TestDatabase database;
  private WatchedConnections connections;
  private QueueListener listener;
  private JobQueue queue;

  @BeforeEach
  void open() {
    database = TestDatabase.create();
    connections = new WatchedConnections(database.pool(4));
    queue = JobQueue.builder(connections).scheduler(clock).build();
    queue.signals().subscribe(local::add);
    listener = new QueueListener(database.connections());
    listener.start();
    await().atMost(SOON).until(listener::isConnected);
    listener.signals().subscribe(heard::add);
  }

  @AfterEach
  void close() {
    listener.close();
    database.close();
  }

  private Job submit() {
    NewJob job = NewJob.of("k", "a", "{}").build();
    return ((SubmitOutcome.Accepted) queue.submit(job).block(SOON)).job();
  }

  @Test
  void hintsOfOnePauseShareAStatementAndWorkersOfTheProcessAreToldAtOnce() {
    List<Job> jobs = List.of(submit(), submit(), submit());
    assertThat(local).containsOnly(new QueueSignal.Ready("k")).hasSize(3);
    assertThat(connections.count("pg_notify")).isZero();
    clock.advanceTimeBy(PAUSE);
    await().atMost(SOON).until(() -> heard.size() == 4);
    assertThat(connections.count("pg_notify")).isEqualTo(1);
    assertThat(heard).contains(new QueueSignal.Ready("k"));
    for (Job job : jobs) {
      assertThat(heard).contains(new QueueSignal.Changed(job.id()));
    }
  }

  @Test
  void aWishToCancelIsToldInTheProcessAtOnceAndElsewhereAfterThePause() {
    JobQueue elsewhere = JobQueue.builder(database.pool(4)).build();
    NewJob job = NewJob.of("k", "a", "{}").build();
    elsewhere.submit(job).block(SOON);
    ClaimedJob claim = elsewhere.leases().claim("k", "w", 1).block(SOON).get(0);
    UUID id = claim.job().id();
    queue.cancel("a", id).block(SOON);
    assertThat(local).contains(new QueueSignal.CancelRequested(id));
    assertThat(connections.count("pg_notify")).isZero();
    clock.advanceTimeBy(PAUSE);
    await().atMost(SOON).until(() -> heard.contains(new QueueSignal.CancelRequested(id)));
  }
}
