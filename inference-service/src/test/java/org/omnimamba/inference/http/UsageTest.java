package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the service remembers of requests that came with a ticket. */
class UsageTest {
  private static final String CHAT =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"temperature\":0,\"n\":2,"
          + "\"max_tokens\":5,\"stream\":%s}";

  private final TestServer server = TestServer.shared();

  private HttpResponse<String> post(String ticket, String path, String body) {
    return server.send(
        server
            .request(path)
            .header("Content-Type", "application/json")
            .header("X-OmniMamba-Usage-Ticket", ticket)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private JsonNode remembered(String ticket) {
    HttpResponse<String> answer = server.get("/internal/usage/" + ticket);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer.body());
  }

  @Test
  void whatAStreamDoesNotSayIsWhatTheWholeAnswerSays() {
    JsonNode said =
        TestServer.json(post("1a", "/v1/chat/completions", CHAT.formatted(false)).body())
            .path("usage");
    assertThat(post("2b", "/v1/chat/completions", CHAT.formatted(true)).body())
        .endsWith("data: [DONE]\n\n")
        .doesNotContain("usage");
    for (String ticket : new String[] {"1a", "2b"}) {
      JsonNode usage = remembered(ticket);
      assertThat(usage.path("requests").intValue()).isEqualTo(1);
      assertThat(usage.path("input_tokens")).isEqualTo(said.path("prompt_tokens"));
      assertThat(usage.path("output_tokens")).isEqualTo(said.path("completion_tokens"));
      assertThat(usage.path("pictures").intValue()).isZero();
    }
  }

  @Test
  void picturesAreCounted() {
    JsonNode said =
        TestServer.json(
                post("3c", "/v1/images/generations", "{\"prompt\":\"an apple\",\"n\":2}").body())
            .path("usage");
    JsonNode usage = remembered("3c");
    assertThat(usage.path("pictures").intValue()).isEqualTo(2);
    assertThat(usage.path("input_tokens")).isEqualTo(said.path("input_tokens"));
    assertThat(usage.path("output_tokens")).isEqualTo(said.path("output_tokens"));
  }

  @Test
  void ofARequestThatWasRefusedNothingIsKnown() {
    assertThat(post("4d", "/v1/chat/completions", "{}").statusCode()).isEqualTo(400);
    assertThat(server.get("/internal/usage/4d").statusCode()).isEqualTo(404);
    assertThat(server.get("/internal/usage/never").statusCode()).isEqualTo(404);
  }
}
