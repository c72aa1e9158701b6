package org.omnimamba.web.shutdown;

import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Tells requests that would stay open that the HTTP server is about to close, just before it begins
 * to wait for those that are being answered.
 */
public final class ServiceStop implements SmartLifecycle {
  /** Higher phases stop earlier. */
  private static final int BEFORE_THE_SERVER =
      WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;

  private final Sinks.One<Boolean> stopping = Sinks.one();
  private volatile boolean running;
  private volatile boolean begun;

  /** Gives {@code true} when the stop begins, at once when it has begun. */
  public Mono<Boolean> begins() {
    return stopping.asMono();
  }

  /** Whether the stop has begun. */
  public boolean hasBegun() {
    return begun;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    begun = true;
    running = false;
    stopping.tryEmitValue(true);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return BEFORE_THE_SERVER;
  }
}
