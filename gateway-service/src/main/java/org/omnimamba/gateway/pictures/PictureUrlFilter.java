package org.omnimamba.gateway.pictures;

import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.body.RequestBody;
import org.omnimamba.gateway.body.RequestFacts;
import org.omnimamba.gateway.errors.ApiException;
import org.reactivestreams.Publisher;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lets a request for addresses of pictures be served by a service that only sends pictures. */
final class PictureUrlFilter implements GlobalFilter, Ordered {
  private static final String IMAGES = "/v1/images/generations";

  /** Ten pictures of the largest model take a tenth of it. */
  private static final int LONGEST_ANSWER = 64 << 20;

  private final PictureAnswers answers;

  PictureUrlFilter(PictureAnswers answers) {
    this.answers = answers;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    RequestFacts facts = RequestFacts.of(exchange);
    RequestFacts.Span asked = facts.urlFormat();
    if (asked == null || !exchange.getRequest().getURI().getRawPath().equals(IMAGES)) {
      return chain.filter(exchange);
    }
    if (facts.stream()) {
      return Mono.error(
          ApiException.invalidField(
              "response_format",
              "invalid_value",
              "A stream carries its pictures itself: 'response_format' must be 'b64_json' there."));
    }
    RequestBody body = exchange.getRequiredAttribute(RequestBody.ATTRIBUTE);
    ServerWebExchange changed = body.with(asked, "\"b64_json\"").attach(exchange);
    return chain.filter(changed.mutate().response(new Rewritten(changed)).build());
  }

  @Override
  public int getOrder() {
    return FilterOrder.PICTURE_URLS.order();
  }

  private final class Rewritten extends ServerHttpResponseDecorator {
    private final ServerWebExchange exchange;

    Rewritten(ServerWebExchange exchange) {
      super(exchange.getResponse());
      this.exchange = exchange;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
      if (getStatusCode() != HttpStatus.OK) {
        return super.writeWith(body);
      }
      return DataBufferUtils.join(Flux.from(body), LONGEST_ANSWER)
          .map(Rewritten::bytes)
          .flatMap(
              answer ->
                  answers.withAddresses(
                      answer, Caller.of(exchange).tenant(), exchange.getRequest().getURI()))
          .flatMap(
              answer -> {
                getHeaders().setContentLength(answer.length);
                return super.writeWith(Mono.fromSupplier(() -> bufferFactory().wrap(answer)));
              });
    }

    private static byte[] bytes(DataBuffer joined) {
      try {
        byte[] bytes = new byte[joined.readableByteCount()];
        joined.read(bytes);
        return bytes;
      } finally {
        DataBufferUtils.release(joined);
      }
    }
  }
}
