package org.omnimamba.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.testing.QueueFixture;
import reactor.core.publisher.Sinks;

/**
 * A worker whose jobs end when the test says so: a job's length is then a count of ends, whatever
 * the machine.
 */
class WorkerFairnessTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int NOISE = 5000;
  private static final int ROUNDS = 10;

  /** A job in its handler. */
  private record Running(String tenant, Sinks.One<JobOutcome> gate) {
    void finish() {
      gate.tryEmitValue(JobOutcome.completed());
    }
  }

  private QueueFixture fixture;
  private JobWorker worker;
  private final BlockingQueue<Running> started = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() {
    fixture = new QueueFixture(4, Map.of());
  }

  @AfterEach
  void close() {
    worker.abandon();
    fixture.close();
  }

  private void start(String kind, int slots) {
    worker =
        new JobWorker(
            fixture.queue,
            kind,
            context -> {
              Sinks.One<JobOutcome> gate = Sinks.one();
              return gate.asMono()
                  .doOnSubscribe(s -> started.add(new Running(context.job().tenant(), gate)));
            },
            WorkerOptions.of("fair", slots).withPollInterval(Duration.ofHours(1)),
            null);
    worker.start();
  }

  private Running next() throws InterruptedException {
    Running running = started.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(running).as("a job that starts").isNotNull();
    return running;
  }

  @Test
  void aNoisyTenantDelaysAnothersSingleJobByAtMostTwoJobLengthsOnOneSlot() throws Exception {
    fixture.fill("one", "noisy", NOISE);
    start("one", 1);
    List<Integer> waits = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Running running = next();
      fixture.submit(NewJob.of("one", "quiet", "{}"));
      int lengths = 0;
      while (!running.tenant().equals("quiet")) {
        running.finish();
        lengths++;
        running = next();
      }
      waits.add(lengths);
      running.finish();
    }
    System.out.println("fairness: job lengths waited on one slot " + waits);
    assertThat(waits).allMatch(lengths -> lengths <= 2);
    assertThat(fixture.queue.depth("one").block().queued()).isGreaterThan(NOISE - 3L * ROUNDS);
  }

  @Test
  void onEightBusySlotsItGetsTheNextOneThatFallsFree() throws Exception {
    fixture.fill("eight", "noisy", NOISE);
    start("eight", 8);
    List<Running> busy = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      busy.add(next());
    }
    for (int round = 0; round < ROUNDS; round++) {
      fixture.submit(NewJob.of("eight", "quiet", "{}"));
      busy.remove(0).finish();
      Running running = next();
      assertThat(running.tenant()).isEqualTo("quiet");
      running.finish();
      busy.add(next());
    }
    busy.forEach(Running::finish);
    await().atMost(SOON).until(() -> worker.stats().completed() > ROUNDS * 2);
  }
}
