package org.omnimamba.gateway.routing;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.testing.KeepAliveTimers;
import reactor.core.publisher.Flux;

/** The gateway's connections end when the other side is cut off in the middle of a response. */
class WatchedConnectionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"/v1/models", "/v1/jobs/1/events"})
  void toInferenceAndToJobs(String path) {
    try (Upstream service =
            Upstream.start(
                routes ->
                    routes.get(
                        path,
                        (request, response) ->
                            response
                                .sse()
                                .sendString(Flux.just("data: one\n\n").concatWith(Flux.never()))));
        Gateway gateway = Gateway.start(service.url(), service.url())) {
      CompletableFuture<HttpResponse<String>> waiting =
          gateway
              .client()
              .sendAsync(gateway.request(path).build(), HttpResponse.BodyHandlers.ofString());
      KeepAliveTimers.awaitOneTo(service.port());
      waiting.cancel(true);
    }
  }
}
