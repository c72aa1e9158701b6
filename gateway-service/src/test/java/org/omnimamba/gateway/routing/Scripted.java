package org.omnimamba.gateway.routing;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.omnimamba.gateway.testing.Upstream;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** A service that is ready, and does with its next requests what a test says. */
final class Scripted implements AutoCloseable {
  static final String CHAT = "/v1/chat/completions";

  private final AtomicReference<Behaviour> behaviour = new AtomicReference<>();
  private final Upstream upstream =
      Upstream.start(
          routes ->
              routes
                  .get("/readyz", (request, response) -> response.send())
                  .route(
                      request -> true,
                      (request, response) -> behaviour.get().apply(request, response)));

  /** What it does with a request. */
  interface Behaviour extends BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {}

  void does(Behaviour next) {
    behaviour.set(next);
  }

  String url() {
    return upstream.url();
  }

  @Override
  public void close() {
    upstream.close();
  }
}
