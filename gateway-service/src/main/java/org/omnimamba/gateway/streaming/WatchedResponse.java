package org.omnimamba.gateway.streaming;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.errors.ErrorEnvelope;
import org.omnimamba.gateway.errors.ErrorTranslator;
import org.omnimamba.gateway.server.ShuttingDownException;
import org.omnimamba.web.logging.RepeatedWarning;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** An answer that is looked at while it is written. */
final class WatchedResponse extends ServerHttpResponseDecorator {
  private static final Logger log = LoggerFactory.getLogger(WatchedResponse.class);

  /** A replica that dies breaks all its streams. */
  private static final RepeatedWarning brokenOff = new RepeatedWarning(log);

  private final @Nullable UsageMeter meter;
  private final Duration longestSilence;
  private final Mono<Void> cutOff;
  private final boolean endsWithErrorEvent;
  private final EventBoundary boundary = new EventBoundary();
  private final Sinks.Empty<Void> ended = Sinks.empty();
  private volatile long lastByte;
  private volatile boolean broken;

  /**
   * @param meter counts tokens, if anybody wants to know
   * @param longestSilence after which a stream is ended
   * @param cutOff fails when the process must end
   * @param endsWithErrorEvent whether a broken stream ends with an {@code error} event
   */
  WatchedResponse(
      ServerHttpResponse delegate,
      @Nullable UsageMeter meter,
      Duration longestSilence,
      Mono<Void> cutOff,
      boolean endsWithErrorEvent) {
    super(delegate);
    this.meter = meter;
    this.longestSilence = longestSilence;
    this.cutOff = cutOff;
    this.endsWithErrorEvent = endsWithErrorEvent;
  }

  /** An answer that is not a stream. */
  @Override
  public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
    noteStatus();
    return super.writeWith(
        meter == null
            ? body
            : Flux.from(body).doOnNext(meter::accept).doOnError(failure -> meter.failed()));
  }

  /** A stream: each part is flushed as it comes. */
  @Override
  public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
    noteStatus();
    lastByte = System.nanoTime();
    Flux<DataBuffer> parts =
        Flux.from(body)
            .<DataBuffer>concatMap(part -> part)
            .doOnNext(this::look)
            .takeUntilOther(silence())
            .takeUntilOther(cutOff)
            .onErrorResume(this::endOf);
    return super.writeAndFlushWith(parts.map(Mono::just))
        .doOnSuccess(
            written -> {
              if (broken) {
                ended.tryEmitEmpty();
              }
            });
  }

  /**
   * Completes when a broken stream has been ended with an error event. Nothing more will come then;
   * but a reader of the service's trailers would wait for ever.
   */
  Mono<Void> ended() {
    return ended.asMono();
  }

  private void noteStatus() {
    HttpStatusCode status = getStatusCode();
    if (meter != null && status != null && status.isError()) {
      meter.failed();
    }
  }

  private void look(DataBuffer part) {
    lastByte = System.nanoTime();
    boundary.accept(part);
    if (meter != null) {
      meter.accept(part);
    }
  }

  /** Fails when nothing came for too long. */
  private Mono<Long> silence() {
    return Flux.interval(longestSilence.dividedBy(4))
        .onBackpressureDrop()
        .filter(tick -> System.nanoTime() - lastByte > longestSilence.toNanos())
        .next()
        .flatMap(tick -> Mono.error(tooSilent()));
  }

  private static ApiException tooSilent() {
    return ApiException.serverError(
        HttpStatus.GATEWAY_TIMEOUT, "upstream_timeout", "The service fell silent.");
  }

  private Flux<DataBuffer> endOf(Throwable failure) {
    brokenOff.warn("stream", "a stream broke off: " + failure);
    if (meter != null) {
      meter.failed();
    }
    boolean resumable = !endsWithErrorEvent && failure instanceof ShuttingDownException;
    if (!boundary.isBetweenEvents() || !(endsWithErrorEvent || resumable)) {
      return Flux.error(failure);
    }
    broken = true;
    if (resumable) {
      // Events of jobs have numbers: the client asks for the rest at another gateway.
      return Flux.empty();
    }
    byte[] error = ErrorEnvelope.OPENAI.write(ErrorTranslator.translate(failure), null);
    return Flux.defer(() -> Flux.just(bufferFactory().wrap(ErrorEvent.of(error))));
  }
}
