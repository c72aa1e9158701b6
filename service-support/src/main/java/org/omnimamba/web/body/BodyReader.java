package org.omnimamba.web.body;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Reads bodies whole, within limits of size, time and memory.
 *
 * <p>A body is collected in one array that grows up to the announced length and is then the result,
 * so that it lies in memory once. While the array grows, both the old and the new one are counted.
 */
public final class BodyReader {
  private static final int FIRST = 16 * 1024;

  private final long maxBytes;
  private final Duration timeout;
  private final int copies;
  private final Scheduler timers;

  /**
   * @param maxBytes largest body, at most 1 GB
   * @param timeout time for all of the body to arrive
   * @param copies how many times a body lies in memory while the service works on it, at least 1;
   *     each byte is counted as often
   */
  public BodyReader(long maxBytes, Duration timeout, int copies) {
    this(maxBytes, timeout, copies, Schedulers.parallel());
  }

  /**
   * @param timers runs the timeout
   */
  public BodyReader(long maxBytes, Duration timeout, int copies, Scheduler timers) {
    this.maxBytes = maxBytes;
    this.timeout = timeout;
    this.copies = copies;
    this.timers = timers;
  }

  /**
   * The whole body; empty for a request without one.
   *
   * @param lease stays open while the bytes are in use; the caller closes it
   * @return fails with a {@link BodyException}
   */
  public Mono<byte[]> read(ServerHttpRequest request, ByteBudget.Lease lease) {
    long announced = request.getHeaders().getContentLength();
    if (announced > maxBytes) {
      return Mono.error(tooLarge());
    }
    return Mono.defer(() -> collect(request, new Collected(announced, lease)))
        .timeout(timeout, timers)
        .onErrorMap(TimeoutException.class, late -> tooSlow())
        .onErrorMap(DisconnectedClientHelper::isClientDisconnectedException, gone -> clientGone());
  }

  /**
   * A failure goes to the sink, together with nothing: {@code collect} would hand the part, which
   * is released already, to the discard hook that decoders set, and it would be released twice.
   */
  private static Mono<byte[]> collect(ServerHttpRequest request, Collected collected) {
    return request
        .getBody()
        .<Void>handle(
            (part, sink) -> {
              try {
                collected.add(part);
              } catch (BodyException refused) {
                sink.error(refused);
              }
            })
        .then(Mono.fromCallable(collected::whole));
  }

  private BodyException tooLarge() {
    return new BodyException(
        BodyException.Reason.TOO_LARGE,
        "The body is larger than the limit of " + maxBytes + " bytes.");
  }

  private BodyException tooSlow() {
    return new BodyException(
        BodyException.Reason.TOO_SLOW,
        "The body did not arrive within " + timeout.toSeconds() + " seconds.");
  }

  private static BodyException clientGone() {
    return new BodyException(
        BodyException.Reason.CLIENT_GONE, "The connection was closed before the body had arrived.");
  }

  /** What has arrived of one body. */
  private final class Collected {
    private final long expected;
    private final ByteBudget.Lease lease;
    private byte[] bytes = {};
    private int length;

    Collected(long announced, ByteBudget.Lease lease) {
      this.expected = announced >= 0 ? announced : maxBytes;
      this.lease = lease;
    }

    void add(DataBuffer part) {
      try {
        int size = part.readableByteCount();
        long needed = (long) length + size;
        if (needed > maxBytes) {
          throw tooLarge();
        }
        if (needed <= bytes.length || grow(needed)) {
          part.read(bytes, length, size);
          length += size;
        }
      } finally {
        DataBufferUtils.release(part);
      }
    }

    byte[] whole() {
      if (length < bytes.length) {
        resize(length);
      }
      return bytes;
    }

    private boolean grow(long needed) {
      long doubled = Math.min(Math.max(FIRST, 2L * bytes.length), expected);
      return resize(Math.max(needed, doubled));
    }

    private boolean resize(long capacity) {
      if (!lease.take(capacity * copies)) {
        return false;
      }
      long before = bytes.length;
      bytes = Arrays.copyOf(bytes, Math.toIntExact(capacity));
      lease.give(before * copies);
      return true;
    }
  }
}
