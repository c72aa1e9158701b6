package org.omnimamba.jobs.file;

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

/** Removes files whose time is over and what broken uploads left; each replica helps. */
@Component
class FileCleaning implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(FileCleaning.class);
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final Disposable.Swap work = Disposables.swap();

  FileCleaning(FileStore files, DatabaseGate gate) {
    gate.whenOpen(
        () ->
            work.update(
                Flux.interval(INTERVAL)
                    .onBackpressureDrop()
                    .concatMap(tick -> clean(files), 1)
                    .subscribe()));
  }

  private static Mono<Long> clean(FileStore files) {
    return files
        .clean()
        .onErrorResume(
            error -> {
              log.warn("old files could not be removed; tried again: {}", error.toString());
              return Mono.empty();
            });
  }

  @Override
  public void destroy() {
    work.dispose();
  }
}
