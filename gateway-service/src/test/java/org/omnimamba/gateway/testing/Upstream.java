package org.omnimamba.gateway.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerRoutes;

/** A real HTTP server that stands where a service would, and remembers what reached it. */
public final class Upstream implements AutoCloseable {
  /** What arrived. */
  public record Seen(String method, String uri, io.netty.handler.codec.http.HttpHeaders headers) {}

  private final DisposableServer server;
  private final List<Seen> seen;

  private Upstream(DisposableServer server, List<Seen> seen) {
    this.server = server;
    this.seen = seen;
  }

  public static Upstream start(Consumer<HttpServerRoutes> routes) {
    List<Seen> seen = new CopyOnWriteArrayList<>();
    HttpServerRoutes table = HttpServerRoutes.newRoutes();
    routes.accept(table);
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle(
                (request, response) -> {
                  remember(seen, request);
                  Publisher<Void> answer = table.apply(request, response);
                  return answer;
                })
            .bindNow();
    return new Upstream(server, seen);
  }

  private static void remember(List<Seen> seen, HttpServerRequest request) {
    if (!request.uri().equals("/readyz")) {
      seen.add(new Seen(request.method().name(), request.uri(), request.requestHeaders().copy()));
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  public int port() {
    return server.port();
  }

  public List<Seen> seen() {
    return seen;
  }

  public Seen last() {
    return seen.get(seen.size() - 1);
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(5));
  }
}
