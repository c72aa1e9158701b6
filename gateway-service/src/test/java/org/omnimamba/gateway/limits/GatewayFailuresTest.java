package org.omnimamba.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;

/** What fails at the gateway costs no tokens: each request here asks for a whole minute's worth. */
class GatewayFailuresTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String IMAGES = "/v1/images/generations";
  private static final String NOWHERE = "http://127.0.0.1:1";
  private static final String BUDGET = "omnimamba.gateway.limits.everyone.tokens-per-minute";

  private static Upstream inference;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    inference =
        Upstream.start(
            routes ->
                routes.post(
                    CHAT,
                    (request, response) ->
                        request
                            .receive()
                            .aggregate()
                            .asString()
                            .flatMap(
                                body ->
                                    body.contains("never")
                                        ? Mono.<Void>never()
                                        : Mono.<Void>fromRunnable(
                                            () ->
                                                response.withConnection(
                                                    connection -> connection.channel().close())))));
    gateway =
        Gateway.start(
            inference.url(),
            NOWHERE,
            BUDGET,
            "100",
            "omnimamba.gateway.routing.response-timeout",
            // long enough for a service that hangs up on a busy machine
            "2s");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    inference.close();
  }

  private static void failsEachTime(Gateway asked, String path, String body, int status)
      throws Exception {
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = asked.post(path, body);
      assertThat(answer.statusCode()).as("request %d: %s", i, answer.body()).isEqualTo(status);
    }
  }

  @Test
  void aServiceThatHangsUp() throws Exception {
    failsEachTime(gateway, CHAT, "{\"max_tokens\":100}", 502);
  }

  @Test
  void aServiceThatDoesNotAnswerInTime() throws Exception {
    failsEachTime(gateway, CHAT, "{\"max_tokens\":100,\"user\":\"never\"}", 504);
  }

  @Test
  void aRequestThatTheGatewayItselfRefuses() throws Exception {
    failsEachTime(gateway, IMAGES, "{\"response_format\":\"url\",\"stream\":true}", 400);
  }

  @Test
  void noServiceAtAll() throws Exception {
    try (Gateway alone = Gateway.start(NOWHERE, NOWHERE, BUDGET, "100")) {
      failsEachTime(alone, CHAT, "{\"max_tokens\":100}", 503);
    }
  }
}
