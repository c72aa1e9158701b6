package org.omnimamba.benchmarks.serving;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Stands where inference-service would, and answers each chat at once with the same two words. */
final class StubInference implements AutoCloseable {
  private static final String HEAD =
      "data:"
          + " {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"stub\",";
  private static final String ANSWER =
      HEAD
          + "\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"an"
          + " apple\"},\"finish_reason\":null}]}\n\n"
          + HEAD
          + "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
          + HEAD
          + "\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}\n\n"
          + "data: [DONE]\n\n";

  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .route(
              routes ->
                  routes
                      .get("/readyz", (request, response) -> response.send())
                      .post(
                          "/v1/chat/completions",
                          (request, response) ->
                              request
                                  .receive()
                                  .then()
                                  .thenMany(
                                      response
                                          .sse()
                                          .send(
                                              Mono.fromSupplier(
                                                  () ->
                                                      Unpooled.copiedBuffer(
                                                          ANSWER, StandardCharsets.UTF_8))))))
          .bindNow();

  String url() {
    return "http://127.0.0.1:" + server.port();
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(5));
  }
}
