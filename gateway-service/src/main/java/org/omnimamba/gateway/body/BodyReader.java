package org.omnimamba.gateway.body;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeoutException;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.FastByteArrayOutputStream;
import reactor.core.publisher.Mono;

/** Reads a body within its limits: size, time for all of it, and memory. */
final class BodyReader {
  private final BodyProperties limits;

  BodyReader(BodyProperties limits) {
    this.limits = limits;
  }

  /**
   * The whole body.
   *
   * @return fails with 413 (too large, announced or not), 408 (too slow) or 503 (no memory left);
   *     each closes the connection, since the rest of the body is still in it
   */
  Mono<RequestBody> read(ServerHttpRequest request, MemoryBudget.Lease lease) {
    if (request.getHeaders().getContentLength() > limits.maxSize().toBytes()) {
      return Mono.error(tooLarge());
    }
    return request
        .getBody()
        .collect(FastByteArrayOutputStream::new, (all, part) -> append(all, part, lease))
        .map(all -> new RequestBody(all.toByteArrayUnsafe()))
        .timeout(limits.timeout())
        .onErrorMap(TimeoutException.class, slow -> tooSlow());
  }

  private void append(FastByteArrayOutputStream all, DataBuffer part, MemoryBudget.Lease lease) {
    try {
      int size = part.readableByteCount();
      if (all.size() + (long) size > limits.maxSize().toBytes()) {
        throw tooLarge();
      }
      lease.grow(size);
      part.asInputStream().transferTo(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      DataBufferUtils.release(part);
    }
  }

  private ApiException tooLarge() {
    return ApiException.invalidRequest(
            HttpStatus.CONTENT_TOO_LARGE,
            "body_too_large",
            "The body is larger than the limit of " + limits.maxSize().toBytes() + " bytes.")
        .header("Connection", "close");
  }

  private ApiException tooSlow() {
    return ApiException.invalidRequest(
            HttpStatus.REQUEST_TIMEOUT,
            "body_timeout",
            "The body did not arrive within " + limits.timeout().toSeconds() + " seconds.")
        .header("Connection", "close");
  }
}
