package org.omnimamba.jobs.queue;

import java.time.Duration;
import java.util.function.Supplier;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.logging.Outage;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A task that is done every minute as long as the service runs and its tables are there. */
public final class Upkeep implements DisposableBean {
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final Disposable.Swap running = Disposables.swap();

  /**
   * Begins when the gate opens.
   *
   * @param work what is done, as the subject of a sentence
   * @param task may fail; it is done again a minute later
   */
  public Upkeep(String work, Supplier<? extends Mono<?>> task, DatabaseGate gate) {
    Outage outage = new Outage(LoggerFactory.getLogger(Upkeep.class), work);
    gate.whenOpen(
        () ->
            running.update(
                Flux.interval(INTERVAL)
                    .onBackpressureDrop()
                    .concatMap(
                        tick ->
                            task.get()
                                .doOnSuccess(done -> outage.succeeded())
                                .doOnError(error -> outage.failed(error.toString()))
                                .then()
                                .onErrorComplete(),
                        1)
                    .subscribe()));
  }

  @Override
  public void destroy() {
    running.dispose();
  }
}
