package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.NewJob;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A watcher follows a job by hints, and by polling where no hint comes. */
class JobWatcherTest {
  private final WorkerFixture fixture = new WorkerFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void aWatcherSeesEveryStageAndEnds() {
    Sinks.One<JobOutcome> finish = Sinks.one();
    JobWatcher watcher = new JobWatcher(fixture.queue, fixture.listener, Duration.ofHours(1));
    Job job = fixture.submit(NewJob.of("watched", "a", "{}"));
    List<JobStatus> seen = new CopyOnWriteArrayList<>();
    Mono<Void> end =
        watcher.watch("a", job.id()).doOnNext(j -> seen.add(j.status())).then().cache();
    end.subscribe();
    await().atMost(WorkerFixture.SOON).until(() -> seen.contains(JobStatus.QUEUED));
    fixture.start("watched", context -> finish.asMono());
    await().atMost(WorkerFixture.SOON).until(() -> seen.contains(JobStatus.IN_PROGRESS));
    finish.tryEmitValue(JobOutcome.completed());
    end.block(WorkerFixture.SOON);
    assertThat(seen).containsExactly(JobStatus.QUEUED, JobStatus.IN_PROGRESS, JobStatus.COMPLETED);
    assertThat(watcher.watch("b", job.id()).collectList().block(WorkerFixture.SOON)).isEmpty();
  }

  @Test
  void withoutHintsTheWatcherPolls() {
    QueueListener deaf = new QueueListener(fixture.database.connections());
    JobWatcher watcher = new JobWatcher(fixture.timed(), deaf, Duration.ofHours(1));
    Job job = fixture.submit(NewJob.of("polled", "a", "{}"));
    List<JobStatus> seen = new CopyOnWriteArrayList<>();
    Mono<Void> end =
        watcher.watch("a", job.id()).doOnNext(j -> seen.add(j.status())).then().cache();
    end.subscribe();
    await().atMost(WorkerFixture.SOON).until(() -> seen.contains(JobStatus.QUEUED));
    fixture.start("polled", context -> Mono.empty());
    fixture.awaitStatus(job, JobStatus.COMPLETED);
    assertThat(seen).containsExactly(JobStatus.QUEUED);
    fixture.clock.advanceTimeBy(Duration.ofHours(1));
    end.block(WorkerFixture.SOON);
    assertThat(seen).containsExactly(JobStatus.QUEUED, JobStatus.COMPLETED);
  }
}
