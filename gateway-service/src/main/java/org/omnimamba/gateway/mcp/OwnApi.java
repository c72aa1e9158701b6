package org.omnimamba.gateway.mcp;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway as its own client, on behalf of a caller. */
@Component
final class OwnApi {
  private final HttpClient http;
  private final JsonMapper json = JsonMapper.builder().build();

  OwnApi(ReactorResourceFactory resources) {
    this.http = HttpClient.newConnection().runOn(resources.getLoopResources()).disableRetry(true);
  }

  /**
   * Posts to this gateway, where and as whom the caller did.
   *
   * @param path such as {@code /v1/chat/completions}
   * @return the answer, a refusal too; fails if there is none
   */
  Mono<Answer> post(Origin origin, String path, Map<String, Object> body) {
    return Mono.fromCallable(() -> json.writeValueAsBytes(body))
        .flatMap(
            bytes ->
                http.remoteAddress(origin::address)
                    .headers(headers -> head(headers, origin, bytes.length))
                    .post()
                    .uri(path)
                    .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)))
                    .responseSingle(
                        (response, content) ->
                            content
                                .asByteArray()
                                .defaultIfEmpty(new byte[0])
                                .map(
                                    answer -> new Answer(response.status().code(), read(answer)))));
  }

  private static void head(HttpHeaders headers, Origin origin, int length) {
    headers
        .set(HttpHeaderNames.AUTHORIZATION, origin.authorization())
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, length);
  }

  private JsonNode read(byte[] answer) {
    try {
      return json.readTree(answer);
    } catch (JacksonException e) {
      return json.missingNode();
    }
  }

  /**
   * Where a message came to, and with whose key.
   *
   * @param address of this gateway, as the caller's connection has it
   * @param authorization the caller's header, which has been checked
   */
  record Origin(InetSocketAddress address, String authorization) {
    static final String KEY = "origin";

    static Origin of(ServerRequest request) {
      return new Origin(
          Objects.requireNonNull(request.exchange().getRequest().getLocalAddress()),
          Objects.requireNonNull(
              request.headers().firstHeader(org.springframework.http.HttpHeaders.AUTHORIZATION)));
    }
  }

  /** What the API said. */
  record Answer(int status, JsonNode body) {
    boolean ok() {
      return status == 200;
    }

    /** What was wrong, in the words of the API. */
    String complaint() {
      return body.at("/error/message").asString("The platform answered " + status + ".");
    }
  }
}
