package org.omnimamba.jobs.result;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The few calls of S3 that are used: put, get, list by prefix and delete, path style. */
final class FakeS3 implements AutoCloseable {
  record Stored(String contentType, byte[] body) {}

  private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final DisposableServer server;
  private volatile boolean down;

  FakeS3() {
    this.server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle((in, out) -> answer(in, out))
            .bindNow();
  }

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  Map<String, Stored> objects() {
    return objects;
  }

  void setDown(boolean value) {
    this.down = value;
  }

  @Override
  public void close() {
    server.disposeNow();
  }

  private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    String key = request.path().replaceFirst("^/?[^/]+/?", "");
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .defaultIfEmpty(new byte[0])
        .flatMap(body -> Mono.from(answer(request, key, body, response)));
  }

  private Publisher<Void> answer(
      HttpServerRequest request, String key, byte[] body, HttpServerResponse response) {
    if (down) {
      return response
          .status(403)
          .header("content-type", "application/xml")
          .sendString(error("AccessDenied"));
    }
    String authorization = request.requestHeaders().get("authorization");
    if (authorization == null || !authorization.startsWith("AWS4-HMAC-SHA256 Credential=key/")) {
      return response.status(403).sendString(error("SignatureDoesNotMatch"));
    }
    return switch (request.method().name()) {
      case "PUT" -> {
        objects.put(key, new Stored(request.requestHeaders().get("content-type"), body));
        yield response.header("etag", "\"1\"").send();
      }
      case "DELETE" -> {
        objects.remove(key);
        yield response.status(204).send();
      }
      default -> key.isEmpty() ? list(request, response) : get(key, response);
    };
  }

  private Publisher<Void> get(String key, HttpServerResponse response) {
    Stored stored = objects.get(key);
    if (stored == null) {
      return response
          .status(404)
          .header("content-type", "application/xml")
          .sendString(error("NoSuchKey"));
    }
    return response
        .header("content-type", stored.contentType())
        .header("content-length", "" + stored.body().length)
        .sendByteArray(Mono.just(stored.body()));
  }

  private Publisher<Void> list(HttpServerRequest request, HttpServerResponse response) {
    String prefix =
        java.net.URLDecoder.decode(
            request.uri().replaceAll("^.*[?&]prefix=([^&]*).*$", "$1"), UTF_8);
    String contents =
        objects.keySet().stream()
            .filter(key -> key.startsWith(prefix))
            .map(key -> "<Contents><Key>" + key + "</Key><Size>1</Size></Contents>")
            .collect(Collectors.joining());
    return response
        .header("content-type", "application/xml")
        .sendString(
            Mono.just(
                "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>false</IsTruncated>"
                    + contents
                    + "</ListBucketResult>"));
  }

  private static Mono<String> error(String code) {
    return Mono.just(
        "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>no</Message></Error>");
  }
}
