package org.omnimamba.inference.serving;

import java.time.Duration;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.engine.Engine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Ties the engine's life to the application's. The model is loaded once the port is open. When the
 * application stops, the engine goes first: it takes nothing new, finishes what it has within the
 * grace period and fails the rest, while the web server still delivers the answers.
 */
@Component
final class EngineLifecycle implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(EngineLifecycle.class);

  /** Stops before the web server, whose phases lie below. */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE;

  private final Engine engine;
  private final Duration gracePeriod;
  private final ApplicationContext context;
  private volatile boolean running;

  EngineLifecycle(Engine engine, InferenceProperties properties, ApplicationContext context) {
    this.engine = engine;
    this.gracePeriod = properties.gracePeriod();
    this.context = context;
  }

  @EventListener
  void onReady(ApplicationReadyEvent event) {
    if (event.getApplicationContext() == context) {
      engine.start();
    }
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    try {
      if (!engine.shutdown(gracePeriod)) {
        log.error("A device call does not return; the engine's thread is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
