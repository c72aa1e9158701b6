package org.omnimamba.inference.engine;

import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** An engine over a fake backend. */
final class EngineFixture implements AutoCloseable {
  static final int CHUNK = 16;
  static final int MAX_WAITING = 32;
  static final long MAX_TOKENS = 100_000;
  static final Shares SHARES = new Shares(0.75, 0.25);

  final FakeBackend backend;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final Engine engine;
  final AtomicReference<Throwable> loadFailure = new AtomicReference<>();

  EngineFixture(int slots) {
    this(new FakeBackend(slots), settings());
  }

  EngineFixture(FakeBackend backend, EngineSettings settings) {
    this(backend, settings, System::nanoTime);
  }

  EngineFixture(FakeBackend backend, EngineSettings settings, LongSupplier nanoTime) {
    this.backend = backend;
    this.engine =
        new Engine(() -> backend, settings, new EngineMeters(registry), nanoTime, loadFailure::set);
  }

  static EngineSettings settings() {
    return settings(0);
  }

  static EngineSettings settings(long pictureHostBytes) {
    return new EngineSettings(
        CHUNK,
        MAX_WAITING,
        MAX_TOKENS,
        3,
        Duration.ofMillis(1),
        Duration.ofMinutes(1),
        pictureHostBytes,
        SHARES);
  }

  EngineFixture start() {
    engine.start();
    await().until(engine::ready);
    return this;
  }

  RecordingListener submit(GenerationRequest request) {
    RecordingListener listener = new RecordingListener();
    engine.submit(request, listener);
    return listener;
  }

  /** Waits until nothing is held: no slot, no reservation. */
  void awaitIdle() {
    await()
        .untilAsserted(
            () -> {
              EngineStatus status = engine.status();
              org.assertj.core.api.Assertions.assertThat(status.slotsInUse()).isZero();
              org.assertj.core.api.Assertions.assertThat(status.sequences()).isZero();
              org.assertj.core.api.Assertions.assertThat(status.outstandingTokens()).isZero();
              org.assertj.core.api.Assertions.assertThat(status.running()).isZero();
              org.assertj.core.api.Assertions.assertThat(status.waiting()).isZero();
            });
  }

  @Override
  public void close() {
    backend.steps.release(1_000_000);
    engine.close();
  }
}
