package org.omnimamba.gateway.usage;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.usage.Usage;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** An inference-service that answers as it is asked to, and remembers what its streams made. */
final class RememberingService {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String WHOLE =
      "{\"choices\":[{\"message\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":10,"
          + "\"completion_tokens\":4,\"prompt_tokens_details\":{\"cached_tokens\":3}}}";

  /** One event of a stream. */
  static final String CHUNK = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";

  /** By ticket. */
  private final Map<String, String> remembered = new ConcurrentHashMap<>();

  private RememberingService() {}

  /** The caller closes it. */
  static Upstream start() {
    RememberingService service = new RememberingService();
    return Upstream.start(
        routes ->
            routes
                .post("/v1/chat/completions", service::chat)
                .get(
                    "/internal/usage/{ticket}",
                    (request, response) -> {
                      String usage = service.remembered.get(request.param("ticket"));
                      return usage == null
                          ? response.status(404).send()
                          : response.sendString(Mono.just(usage));
                    }));
  }

  /** The answer that the text of the request names. */
  private Mono<Void> chat(HttpServerRequest request, HttpServerResponse response) {
    String ticket = request.requestHeaders().get("X-OmniMamba-Usage-Ticket");
    return request
        .receive()
        .aggregate()
        .asString()
        .flatMap(
            body -> {
              if (body.contains("refuse")) {
                return response.status(400).sendString(Mono.just("{\"error\":{}}")).then();
              }
              if (!body.contains("stream")) {
                return response.sendString(Mono.just(WHOLE)).then();
              }
              if (!body.contains("forget")) {
                remembered.put(ticket, JSON.writeValueAsString(new Usage(1, 0, 10, 2, 5)));
              }
              Flux<String> events = Flux.just(CHUNK, CHUNK);
              return response
                  .sse()
                  .send(
                      (body.contains("endless") ? events.concatWith(Flux.never()) : events)
                          .map(text -> Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)),
                      each -> true)
                  .then();
            });
  }
}
