package org.omnimamba.inference.api;

import java.util.concurrent.atomic.AtomicBoolean;
import org.omnimamba.web.request.RequestId;
import org.omnimamba.web.request.RequestLog;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Writes JSON answers and event streams. */
@Component
public final class ResponseWriter {
  private static final MediaType EVENT_STREAM =
      MediaType.parseMediaType("text/event-stream;charset=UTF-8");

  private final JsonMapper mapper = JsonMapper.builder().build();
  private final StreamKeepAlive heartbeat;

  ResponseWriter(StreamKeepAlive heartbeat) {
    this.heartbeat = heartbeat;
  }

  /** Answers with one JSON document. */
  public Mono<Void> json(ServerWebExchange exchange, HttpStatus status, Object body) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(status);
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    byte[] bytes = mapper.writeValueAsBytes(body);
    response.getHeaders().setContentLength(bytes.length);
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(bytes)));
  }

  /**
   * Answers with a stream of events, each flushed at once. Nothing is sent before the first event,
   * so a failure before it is an ordinary error answer; a later one is an {@code error} event. When
   * the stream is silent for long, a comment keeps it open.
   */
  public Mono<Void> events(ServerWebExchange exchange, Flux<SseEvent> events) {
    ServerHttpResponse response = exchange.getResponse();
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(EVENT_STREAM);
    headers.setCacheControl("no-cache");
    headers.set("X-Accel-Buffering", "no");
    AtomicBoolean begun = new AtomicBoolean();
    Flux<SseEvent> guarded =
        heartbeat
            .fillSilence(events)
            .doOnNext(event -> begun.set(true))
            .onErrorResume(
                error ->
                    begun.get()
                        ? Flux.just(
                            SseEvent.named(
                                "error",
                                ErrorTranslator.translate(error, RequestId.of(exchange)).body()))
                        : Flux.error(error));
    return response.writeAndFlushWith(
        guarded
            .map(event -> Mono.just(buffer(response, event)))
            .doOnCancel(() -> RequestLog.clientWentAway(exchange)));
  }

  private DataBuffer buffer(ServerHttpResponse response, SseEvent event) {
    return response.bufferFactory().wrap(event.bytes(mapper));
  }
}
