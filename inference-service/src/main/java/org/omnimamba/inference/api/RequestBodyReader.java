package org.omnimamba.inference.api;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.omnimamba.inference.InferenceProperties;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
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
  private final long maxBytes;
  private final long maxBytesInFlight;
  private final Duration timeout;
  private final JsonReader json;
  private final Scheduler workers;
  private final Scheduler timers;
  private final AtomicLong bytesInFlight = new AtomicLong();

  RequestBodyReader(InferenceProperties properties, Workers workers) {
    this.maxBytes = properties.limits().body().toBytes();
    this.maxBytesInFlight = properties.limits().bodiesInFlight().toBytes();
    this.timeout = properties.bodyTimeout();
    this.json = new JsonReader(properties.limits().jsonDepth(), (int) maxBytes);
    this.workers = workers.incoming();
    this.timers = workers.timers();
  }

  /**
   * Reads the body as a {@code type}; the result is published on a worker thread.
   *
   * <p>Fails with an {@link ApiException}: 408 (the client is too slow), 413 (too long), 415 (not
   * JSON), 503 (too many bodies at once, or no worker has time) or 400 (not a {@code type}).
   */
  public <T> Mono<T> read(ServerHttpRequest request, Class<T> type) {
    return Mono.defer(
        () -> {
          checkHeaders(request);
          AtomicLong held = new AtomicLong();
          return receive(request, held)
              .timeout(timeout, timers)
              .onErrorMap(TimeoutException.class, e -> tooSlow())
              .flatMap(this::onWorker)
              .map(bytes -> json.read(bytes, type))
              .doFinally(signal -> bytesInFlight.addAndGet(-held.getAndSet(0)));
        });
  }

  /** The wait for a worker is no fault of the client's, who has sent all. */
  private Mono<byte[]> onWorker(byte[] body) {
    return Mono.just(body)
        .publishOn(workers)
        .timeout(timeout, timers)
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
    if (request.getHeaders().getContentLength() > maxBytes) {
      throw tooLong();
    }
  }

  private Mono<byte[]> receive(ServerHttpRequest request, AtomicLong held) {
    return request
        .getBody()
        .collect(BodyBuffer::new, (buffer, part) -> add(buffer, part, held))
        .map(BodyBuffer::bytes);
  }

  private void add(BodyBuffer buffer, DataBuffer part, AtomicLong held) {
    try {
      int length = part.readableByteCount();
      if (buffer.length() + length > maxBytes) {
        throw tooLong();
      }
      if (bytesInFlight.addAndGet(length) > maxBytesInFlight) {
        bytesInFlight.addAndGet(-length);
        throw ApiException.overloaded(
            "too_many_bodies", "The server is receiving too much at once.");
      }
      held.addAndGet(length);
      buffer.add(part);
    } finally {
      DataBufferUtils.release(part);
    }
  }

  /** Bytes of bodies that are being received or read. */
  public long bytesInFlight() {
    return bytesInFlight.get();
  }

  private ApiException tooLong() {
    return ApiException.client(
        HttpStatus.CONTENT_TOO_LARGE,
        null,
        "body_too_large",
        "The body is longer than the %d bytes that are taken.".formatted(maxBytes));
  }

  private ApiException tooSlow() {
    return ApiException.client(
        HttpStatus.REQUEST_TIMEOUT,
        null,
        "body_timeout",
        "The body did not arrive within %d seconds.".formatted(timeout.toSeconds()));
  }
}
