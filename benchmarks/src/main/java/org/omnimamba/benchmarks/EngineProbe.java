package org.omnimamba.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.EngineStatus;
import org.springframework.context.ApplicationContext;

/** Waits for states of the engine under test. */
final class EngineProbe {
  private static final long PATIENCE_SECONDS = 300;
  private static final long POLL_MILLIS = 20;

  private final Engine engine;

  EngineProbe(ApplicationContext service) {
    this.engine = service.getBean(Engine.class);
  }

  void awaitReady() throws InterruptedException {
    await("ready", engine::ready);
  }

  /** Nothing held: no slot, no sequence, no reserved token. */
  void awaitIdle() throws InterruptedException {
    await("idle", this::idle);
  }

  private boolean idle() {
    EngineStatus status = engine.status();
    return status.slotsInUse() == 0 && status.sequences() == 0 && status.outstandingTokens() == 0;
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the engine is not " + what + ": " + engine.status());
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }
}
