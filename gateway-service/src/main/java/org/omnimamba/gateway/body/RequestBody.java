package org.omnimamba.gateway.body;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.omnimamba.web.body.ByteBudget;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/** A request body that was read whole. The bytes are shared, never changed. */
public final class RequestBody {
  /** Exchange attribute. */
  public static final String ATTRIBUTE = RequestBody.class.getName();

  /**
   * Bytes that are written at once. Each piece is copied into direct memory on its way to the
   * socket, and the next one follows when the socket takes it; a whole body would be there twice.
   */
  private static final int PIECE = 16 * 1024;

  private final byte[] bytes;
  private final ByteBudget.Lease lease;

  /**
   * @param lease counts the bytes, and those of changed copies
   */
  RequestBody(byte[] bytes, ByteBudget.Lease lease) {
    this.bytes = bytes;
    this.lease = lease;
  }

  public int length() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }

  /**
   * This body with other text in one place.
   *
   * @throws org.omnimamba.web.body.BodyException if there is no memory for the copy
   */
  public RequestBody with(RequestFacts.Span place, String text) {
    byte[] fresh = text.getBytes(StandardCharsets.UTF_8);
    int length = bytes.length - (place.to() - place.from()) + fresh.length;
    lease.take(length);
    ByteBuffer changed = ByteBuffer.allocate(length);
    changed
        .put(bytes, 0, place.from())
        .put(fresh)
        .put(bytes, place.to(), bytes.length - place.to());
    return new RequestBody(changed.array(), lease);
  }

  /** The exchange with this as its request's body, which can be read any number of times. */
  public ServerWebExchange attach(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
    return exchange
        .mutate()
        .request(
            new ServerHttpRequestDecorator(exchange.getRequest()) {
              @Override
              public Flux<DataBuffer> getBody() {
                return pieces(exchange.getResponse().bufferFactory());
              }
            })
        .build();
  }

  private Flux<DataBuffer> pieces(DataBufferFactory buffers) {
    return Flux.range(0, (bytes.length + PIECE - 1) / PIECE)
        .map(
            piece -> {
              int from = piece * PIECE;
              int length = Math.min(PIECE, bytes.length - from);
              return buffers.wrap(ByteBuffer.wrap(bytes, from, length));
            });
  }
}
