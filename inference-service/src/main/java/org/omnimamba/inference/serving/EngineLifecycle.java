package org.omnimamba.inference.serving;

import java.time.Duration;
import org.omnimamba.inference.api.EngineStreams;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.web.shutdown.ShutdownProperties;
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
 * grace period and fails the rest, while the web server still delivers the answers. A device call
 * that does not return by then does not keep those answers back; {@link Engine#close} waits for it
 * afterwards.
 */
@Component
final class EngineLifecycle implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(EngineLifecycle.class);

  /** Stops before the web server, whose phases lie below. */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE;

  /** For the engine to notice the end of the grace period between two device calls. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  private final Engine engine;
  private final EngineStreams generations;
  private final Duration grace;
  private final ApplicationContext context;
  private volatile boolean running;

  EngineLifecycle(
      Engine engine,
      EngineStreams generations,
      ShutdownProperties properties,
      ApplicationContext context) {
    this.engine = engine;
    this.generations = generations;
    this.grace = properties.grace();
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
      engine.drain(grace);
      if (!engine.awaitEnd(grace.plus(SLACK))) {
        log.warn("The grace period is over and a device call has not returned; requests end now");
        generations.abandon();
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
