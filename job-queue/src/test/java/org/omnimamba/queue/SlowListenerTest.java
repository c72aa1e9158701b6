package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.testing.TestDatabase;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A subscriber that does not keep up loses hints, and nothing else. */
class SlowListenerTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int HINTS = 5000;

  @Test
  void theOldestHintsAreLostAndTheFluxGoesOn() {
    try (TestDatabase database = TestDatabase.create();
        QueueListener listener = new QueueListener(database.connections())) {
      listener.start();
      await().atMost(SOON).until(listener::isConnected);
      List<QueueSignal> received = new CopyOnWriteArrayList<>();
      AtomicReference<Throwable> error = new AtomicReference<>();
      BaseSubscriber<QueueSignal> slow =
          new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
              // asks for nothing yet
            }

            @Override
            protected void hookOnNext(QueueSignal signal) {
              received.add(signal);
            }

            @Override
            protected void hookOnError(Throwable thrown) {
              error.set(thrown);
            }
          };
      listener.signals().subscribe(slow);
      AtomicInteger others = new AtomicInteger();
      listener.signals().subscribe(signal -> others.incrementAndGet());
      database.execute("SELECT pg_notify('queue_ready', n::text) FROM generate_series(1, 5000) n");
      await().atMost(SOON).until(() -> others.get() == HINTS);
      slow.requestUnbounded();
      await().atMost(SOON).until(() -> received.contains(new QueueSignal.Ready("5000")));
      assertThat(error).hasNullValue();
      assertThat(received).hasSizeLessThan(HINTS);
      database.execute("SELECT pg_notify('queue_ready', 'later')");
      await().atMost(SOON).until(() -> received.contains(new QueueSignal.Ready("later")));
    }
  }
}
