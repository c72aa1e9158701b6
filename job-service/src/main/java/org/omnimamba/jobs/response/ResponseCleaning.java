package org.omnimamba.jobs.response;

import java.time.Duration;
import org.omnimamba.web.database.DatabaseGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Removes responses that are kept no longer; each replica helps. */
@Component
class ResponseCleaning implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(ResponseCleaning.class);
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final Disposable.Swap work = Disposables.swap();

  ResponseCleaning(ResponseStore store, DatabaseGate gate) {
    gate.whenOpen(
        () ->
            work.update(
                Flux.interval(INTERVAL)
                    .onBackpressureDrop()
                    .concatMap(
                        tick ->
                            store
                                .clean()
                                .onErrorResume(
                                    error -> {
                                      log.debug(
                                          "responses could not be removed: {}", error.toString());
                                      return Mono.empty();
                                    }),
                        1)
                    .subscribe()));
  }

  @Override
  public void destroy() {
    work.dispose();
  }
}
