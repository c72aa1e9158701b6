package org.omnimamba.gateway.body;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;

/** A request body that was read whole. The bytes are shared, never changed. */
public final class RequestBody {
  /** Exchange attribute. */
  public static final String ATTRIBUTE = RequestBody.class.getName();

  private final byte[] bytes;

  RequestBody(byte[] bytes) {
    this.bytes = bytes;
  }

  public int length() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }

  /** This body with other text in one place. */
  public RequestBody with(RequestFacts.Span place, String text) {
    byte[] fresh = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer changed =
        ByteBuffer.allocate(bytes.length - (place.to() - place.from()) + fresh.length);
    changed
        .put(bytes, 0, place.from())
        .put(fresh)
        .put(bytes, place.to(), bytes.length - place.to());
    return new RequestBody(changed.array());
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
                return length() == 0
                    ? Flux.empty()
                    : Flux.defer(
                        () -> Flux.just(exchange.getResponse().bufferFactory().wrap(bytes)));
              }
            })
        .build();
  }
}
