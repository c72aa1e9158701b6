package org.omnimamba.benchmarks.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Stands where inference-service would, and streams an answer whose every event says when it was
 * sent. {@link System#nanoTime} is one clock for all processes of a Linux machine, so a process
 * that reads an event knows how long it was on its way.
 */
final class Metronome implements AutoCloseable {
  private static final Pattern TOKENS = Pattern.compile("\"max_tokens\":(\\d+)");
  private static final String EVENT =
      "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
          + "\"model\":\"metronome\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"tick\"},"
          + "\"finish_reason\":null}],\"sent\":%d}\n\n";

  private final DisposableServer server;
  private final BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> ends = new LinkedBlockingQueue<>();

  private Metronome(Duration gap) {
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(
                routes ->
                    routes
                        .get("/readyz", (request, response) -> response.send())
                        .post(
                            "/v1/chat/completions",
                            (request, response) -> answer(request, response, gap)))
            .bindNow();
  }

  /**
   * Serves {@code max_tokens} events of each stream, and nothing at all to who wants no stream.
   *
   * @param gap between two events
   */
  static Metronome start(Duration gap) {
    return new Metronome(gap);
  }

  private Publisher<Void> answer(
      HttpServerRequest request, HttpServerResponse response, Duration gap) {
    return request
        .receive()
        .aggregate()
        .asString()
        .flatMap(
            body -> {
              if (body.contains(StreamClient.ENDLESS)) {
                response.withConnection(
                    connection -> connection.onDispose(() -> ends.add(System.nanoTime())));
                arrivals.add(System.nanoTime());
              }
              return body.contains("\"stream\":true")
                  ? Mono.from(response.sse().send(ticks(body, gap), each -> true))
                  : Mono.never();
            });
  }

  /** Waits until an endless request has come. */
  void awaitArrival() throws InterruptedException {
    next(arrivals);
  }

  /** When the connection of the next endless request ended, waiting for it. */
  long awaitEnd() throws InterruptedException {
    return next(ends);
  }

  private static long next(BlockingQueue<Long> times) throws InterruptedException {
    Long time = times.poll(30, TimeUnit.SECONDS);
    if (time == null) {
      throw new IllegalStateException("nothing came within 30 seconds");
    }
    return time;
  }

  private static Flux<ByteBuf> ticks(String body, Duration gap) {
    Matcher tokens = TOKENS.matcher(body);
    int events = tokens.find() ? Integer.parseInt(tokens.group(1)) : 1;
    return Flux.interval(Duration.ZERO, gap)
        .onBackpressureDrop()
        .take(events)
        .map(tick -> bytes(EVENT.formatted(System.nanoTime())))
        .concatWith(Mono.fromSupplier(() -> bytes("data: [DONE]\n\n")));
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(5));
  }
}
