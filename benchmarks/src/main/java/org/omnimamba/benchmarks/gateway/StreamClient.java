package org.omnimamba.benchmarks.gateway;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Sends requests and times their answers, many at once on one thread. */
final class StreamClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String SENT = "\"sent\":";

  /** How many tokens a request asks for that is to be given up. */
  static final String ENDLESS = "\"max_tokens\":1000000";

  private final ConnectionProvider connections =
      ConnectionProvider.builder("load").maxConnections(2000).pendingAcquireMaxCount(-1).build();
  private final LoopResources loop = LoopResources.create("load", 1, true);
  private final HttpClient http =
      HttpClient.create(connections).runOn(loop).responseTimeout(PATIENCE);

  /** A small request without a stream; its time goes to {@code seen.whole}. */
  Mono<Long> models(Way way, Figures.Seen seen) {
    return Mono.defer(
        () -> {
          long start = System.nanoTime();
          return http.headers(headers -> headers.set(way.header(), way.secret()))
              .get()
              .uri(way.address() + "/v1/models")
              .responseSingle(
                  (response, body) ->
                      body.asString()
                          .map(
                              text -> {
                                long took = System.nanoTime() - start;
                                if (response.status().code() == 200) {
                                  seen.whole.add(took);
                                } else {
                                  seen.errors.incrementAndGet();
                                }
                                return took;
                              }))
              .onErrorResume(
                  failure -> {
                    seen.errors.incrementAndGet();
                    return Mono.just(0L);
                  });
        });
  }

  /** A chat stream to its end; anything but a whole one is an error. */
  Mono<Void> chat(Way way, int tokens, int seed, Figures.Seen seen) {
    return Mono.defer(
            () -> {
              Reading reading = new Reading(seen);
              return http.headers(
                      headers ->
                          headers
                              .set(way.header(), way.secret())
                              .set("Content-Type", "application/json"))
                  .post()
                  .uri(way.address() + "/v1/chat/completions")
                  .send(
                      Mono.just(Unpooled.copiedBuffer(body(tokens, seed), StandardCharsets.UTF_8)))
                  .response(
                      (response, content) ->
                          content
                              .asString(StandardCharsets.UTF_8)
                              .doOnNext(reading::accept)
                              .then(Mono.fromRunnable(() -> reading.end(response.status().code()))))
                  .then();
            })
        .onErrorResume(
            failure -> {
              seen.errors.incrementAndGet();
              return Mono.empty();
            });
  }

  /**
   * Asks for an answer without end, and hangs up when the service works on it.
   *
   * @param working waits until the service does
   * @return when the socket was closed
   */
  long hangUp(Way way, boolean streamed, Working working) throws InterruptedException {
    String body = body(1_000_000, 0).replace("\"stream\":true", "\"stream\":" + streamed);
    Disposable request =
        http.headers(
                headers ->
                    headers.set(way.header(), way.secret()).set("Content-Type", "application/json"))
            .post()
            .uri(way.address() + "/v1/chat/completions")
            .send(Mono.just(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8)))
            .responseContent()
            .subscribe();
    working.await();
    long now = System.nanoTime();
    request.dispose();
    return now;
  }

  /** Waits for something at the service. */
  interface Working {
    void await() throws InterruptedException;
  }

  private static String body(int tokens, int seed) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"client "
        + seed
        + "\"}],\"stream\":true,\"max_tokens\":"
        + tokens
        + ",\"temperature\":1,\"seed\":"
        + seed
        + "}";
  }

  /** One answer while it comes. */
  private static final class Reading {
    private final Figures.Seen seen;
    private final long start = System.nanoTime();
    private String rest = "";
    private long lastSent;
    private long lastCame;
    private boolean done;

    Reading(Figures.Seen seen) {
      this.seen = seen;
    }

    void accept(String part) {
      long now = System.nanoTime();
      rest += part;
      for (int end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
        event(rest.substring(0, end), now);
        rest = rest.substring(end + 2);
      }
    }

    private void event(String event, long now) {
      if (event.equals("data: [DONE]")) {
        done = true;
        return;
      }
      if (!event.startsWith("data: ")) {
        return;
      }
      if (lastCame == 0) {
        seen.firstEvent.add(now - start);
      } else {
        seen.gap.add(now - lastCame);
      }
      int at = event.indexOf(SENT);
      if (at >= 0) {
        long sent = Long.parseLong(event.substring(at + SENT.length(), event.length() - 1));
        seen.travel.add(now - sent);
        if (lastCame != 0) {
          seen.gapError.add(Math.abs((now - lastCame) - (sent - lastSent)));
        }
        lastSent = sent;
      }
      lastCame = now;
    }

    void end(int status) {
      if (status == 200 && done && rest.isEmpty()) {
        seen.whole.add(System.nanoTime() - start);
      } else {
        seen.errors.incrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    connections.dispose();
    loop.dispose();
  }
}
