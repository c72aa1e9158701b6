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
    return start("127.0.0.1", 0, routes);
  }

  /** Listens on one of the many loopback addresses, as replicas on addresses of their own do. */
  public static Upstream start(String address, int port, Consumer<HttpServerRoutes> routes) {
    List<Seen> seen = new CopyOnWriteArrayList<>();
    HttpServerRoutes table = HttpServerRoutes.newRoutes();
    routes.accept(table);
    DisposableServer server =
        HttpServer.create()
            .host(address)
            .port(port)
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
    return "http://" + server.host() + ":" + server.port();
  }

  public int port() {
    return server.port();
  }

  /** Accepts no connection any more; those that are there go on. */
  public void stopListening() {
    server.channel().close().syncUninterruptibly();
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
