package org.omnimamba.gateway.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.shutdown.ShutdownProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Tells what still runs when the grace period of a stop is over. The server has stopped to accept
 * connections by then, and waits for those that it has.
 */
@Component
public final class ShutdownSignal implements SmartLifecycle, DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(ShutdownSignal.class);

  private final Duration grace;
  private final Sinks.Empty<Void> over = Sinks.empty();
  private volatile @Nullable Disposable timer;
  private volatile boolean running;

  ShutdownSignal(ShutdownProperties properties) {
    this.grace = properties.grace();
  }

  /** Fails with {@link ShuttingDownException} when the grace period is over; else never ends. */
  public Mono<Void> cutOff() {
    return over.asMono();
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop(Runnable done) {
    stop();
    // The server, which stops in the same phase, is what the phase waits for.
    done.run();
  }

  @Override
  public void stop() {
    running = false;
    log.info("stopping; requests may go on for {}", grace);
    timer = Mono.delay(grace).subscribe(end -> over.tryEmitError(new ShuttingDownException()));
  }

  /** The server has stopped, so nothing runs any more. */
  @Override
  public void destroy() {
    Disposable waiting = timer;
    if (waiting != null) {
      waiting.dispose();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
  }
}
