package org.omnimamba.inference.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what becomes of their requests, in the order in which it happened, on a thread of
 * its own: the device does not wait for whoever hears of its tokens.
 */
final class Events implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Events.class);

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread created = new Thread(task, "omnimamba-engine-events");
            created.setDaemon(true);
            return created;
          });

  /** Tells a request's listener something, unless it has heard of its end. Any thread. */
  void tell(ActiveRequest request, Consumer<RequestListener> event) {
    thread.execute(
        () -> {
          if (request.heardEnd) {
            return;
          }
          try {
            event.accept(request.listener);
          } catch (RuntimeException | Error e) {
            log.warn("The listener of request {} failed", request.request.id(), e);
            request.listenerFailed(e);
            // at once: the engine, which ends the request then, may have completed it already
            end(
                request,
                listener ->
                    listener.onFailed(
                        new EngineException(Reason.FAILED, "The request failed.", null, e)));
          }
        });
  }

  /** {@link #tell} of the request's end; whatever else is told afterwards is not delivered. */
  void tellEnd(ActiveRequest request, Consumer<RequestListener> event) {
    thread.execute(() -> end(request, event));
  }

  private static void end(ActiveRequest request, Consumer<RequestListener> event) {
    if (request.heardEnd) {
      return;
    }
    request.heardEnd = true;
    try {
      event.accept(request.listener);
    } catch (RuntimeException | Error e) {
      log.warn("The listener of request {} failed at its end", request.request.id(), e);
    }
  }

  /** Returns when everything has been told. */
  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = thread.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
