package org.omnimamba.gateway.body;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.gateway.GatewayServiceApplication;
import org.omnimamba.gateway.testing.Upstream;
import org.omnimamba.web.testing.SmallProcess;
import reactor.core.publisher.Mono;

/** Large bodies at once do not end a gateway with 768 MiB. */
class SmallContainerTest {
  private static final String KEY = "a-key-for-large-bodies";

  @Test
  void largeBodiesAtOnceAreServedOrRefused(@TempDir Path folder) throws Exception {
    byte[] body =
        ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "x".repeat(31_000_000)
                + "\"}]}")
            .getBytes(US_ASCII);
    try (Upstream upstream =
            Upstream.start(
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
                                            .header("Content-Type", "application/json")
                                            .sendString(Mono.just("{}")))));
        SmallProcess gateway =
            SmallProcess.start(
                GatewayServiceApplication.class,
                folder,
                "omnimamba.internal-token=a-token-for-large-bodies",
                "omnimamba.gateway.api-key=" + KEY,
                // this is about memory: a busy machine must not make the stand-in look lost
                "omnimamba.gateway.routing.probe-timeout=60s",
                "omnimamba.gateway.inference-urls=" + upstream.url(),
                "omnimamba.gateway.jobs-url=" + upstream.url())) {
      for (int round = 0; round < 2; round++) {
        List<Integer> statuses =
            gateway.post(16, "/v1/chat/completions", body, "Authorization", "Bearer " + KEY);
        assertThat(statuses).as(gateway.log()).isSubsetOf(200, 503);
      }
      assertThat(gateway.post(1, "/v1/chat/completions", body, "Authorization", "Bearer " + KEY))
          .containsExactly(200);
      assertThat(gateway.isAlive()).isTrue();
      assertThat(gateway.peakBytes()).isLessThan(SmallProcess.CONTAINER_BYTES);
      assertThat(gateway.log())
          .doesNotContain("OutOfMemory", "OutOfDirectMemory", "IllegalReferenceCount");
      System.out.println("peak of the gateway: " + (gateway.peakBytes() >> 20) + " MiB");
    }
  }
}
