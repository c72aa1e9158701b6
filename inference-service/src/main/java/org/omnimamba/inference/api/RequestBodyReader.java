package org.omnimamba.inference.api;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.web.body.BodyException;
import org.omnimamba.web.body.BodyReader;
import org.omnimamba.web.body.BudgetSize;
import org.omnimamba.web.body.ByteBudget;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Receives a JSON body within its limits (length, also of a chunked body; time; bytes of all bodies
 * together) and reads it on a worker thread.
 */
@Component
public final class RequestBodyReader {
  /** The bytes, and the text that is read from them. */
  private static final int COPIES = 2;

  private final Duration timeout;
  private final BodyReader bodies;
  private final ByteBudget budget;
  private final JsonReader json;
  private final Scheduler workers;

  RequestBodyReader(InferenceProperties properties, Workers workers) {
    InferenceProperties.Limits limits = properties.limits();
    long maxBytes = limits.body().toBytes();
    this.timeout = properties.bodyTimeout();
    this.bodies = new BodyReader(maxBytes, timeout, COPIES, workers.timers());
    this.budget =
        BudgetSize.ofThisProcess()
            .budget(
                "omnimamba.inference.limits.bodies-in-flight",
                limits.bodiesInFlight(),
                "omnimamba.inference.limits.body",
                maxBytes,
                COPIES);
    this.json = new JsonReader(limits.jsonDepth(), (int) maxBytes);
    this.workers = workers.incoming();
  }

  /**
   * Reads the body as a {@code type}; the result is published on a worker thread.
   *
   * <p>Fails with a {@link BodyException}, or with an {@link ApiException}: 415 (not JSON), 503 (no
   * worker has time) or 400 (not a {@code type}).
   */
  public <T> Mono<T> read(ServerHttpRequest request, Class<T> type) {
    return Mono.using(
        budget::open,
        lease -> {
          checkHeaders(request);
          return bodies
              .read(request, lease)
              .flatMap(this::onWorker)
              .map(bytes -> json.read(bytes, type));
        },
        ByteBudget.Lease::close);
  }

  /** The wait for a worker is no fault of the client's, who has sent all. */
  private Mono<byte[]> onWorker(byte[] body) {
    return Mono.just(body)
        .publishOn(workers)
        .timeout(timeout)
        .onErrorMap(TimeoutException.class, e -> ApiException.workersBusy());
  }

  private void checkHeaders(ServerHttpRequest request) {
    MediaType contentType = request.getHeaders().getContentType();
    if (contentType == null || !MediaType.APPLICATION_JSON.isCompatibleWith(contentType)) {
      throw ApiException.client(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          null,
          "unsupported_media_type",
          "The body must be application/json.");
    }
  }

  /** Bytes of memory that bodies take which are being received or read. */
  public long bytesInFlight() {
    return budget.used();
  }
}
