package org.omnimamba.gateway.apidocs;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One document from three, also while one of them is missing. */
class ApiDocsTest {
  private static Upstream document(String at, String path, String schema) {
    return Upstream.start(
        routes ->
            routes.get(
                at,
                (request, response) ->
                    response
                        .header("Content-Type", "application/json")
                        .sendString(
                            Mono.just(
                                "{\"openapi\":\"3.1.0\",\"paths\":{\""
                                    + path
                                    + "\":{}},\"components\":{\"schemas\":{\""
                                    + schema
                                    + "\":{\"type\":\"object\"}}}}"))));
  }

  private static JsonNode fetch(Gateway gateway) throws Exception {
    return JsonMapper.builder()
        .build()
        .readTree(
            gateway
                .send(HttpRequest.newBuilder(URI.create(gateway.url() + "/v3/api-docs")))
                .body());
  }

  @Test
  void putsTheServicesDocumentsTogether() throws Exception {
    try (Upstream inference = document("/v3/api-docs", "/v1/chat/completions", "Chat");
        Upstream jobs = document("/v1/jobs/openapi.json", "/v1/jobs", "Job");
        Gateway gateway = Gateway.start(inference.url(), jobs.url())) {
      JsonNode all = fetch(gateway);
      assertThat(all.path("paths").propertyNames())
          .contains("/admin/v1/keys", "/v1/chat/completions", "/v1/jobs");
      assertThat(all.path("components").path("schemas").propertyNames())
          .contains("Key", "Chat", "Job");
      assertThat(all.path("components").path("securitySchemes").has("key")).isTrue();
      assertThat(inference.last().headers().get("X-OmniMamba-Internal-Token"))
          .isEqualTo(Gateway.INTERNAL_TOKEN);
    }
  }

  @Test
  void asksTheNextReplicaWhereOneDoesNotAnswer() throws Exception {
    try (Upstream inference = document("/v3/api-docs", "/v1/chat/completions", "Chat");
        Gateway gateway =
            Gateway.start("http://127.0.0.1:1," + inference.url(), "http://127.0.0.1:1")) {
      assertThat(fetch(gateway).path("paths").propertyNames()).contains("/v1/chat/completions");
    }
  }

  @Test
  void remembersTheWholeDocumentAndNoGaps() throws Exception {
    AtomicBoolean serves = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    try (Upstream inference = document("/v3/api-docs", "/v1/chat/completions", "Chat");
        Upstream jobs =
            Upstream.start(
                routes ->
                    routes.get(
                        "/v1/jobs/openapi.json",
                        (request, response) -> {
                          asked.incrementAndGet();
                          return serves.get()
                              ? response.sendString(Mono.just("{\"paths\":{\"/v1/jobs\":{}}}"))
                              : response.status(503).send();
                        }));
        Gateway gateway = Gateway.start(inference.url(), jobs.url())) {
      assertThat(fetch(gateway).path("paths").has("/v1/jobs")).isFalse();
      serves.set(true);
      assertThat(fetch(gateway).path("paths").has("/v1/jobs")).isTrue();
      fetch(gateway);
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void leavesOutAServiceThatDoesNotAnswer() throws Exception {
    try (Upstream inference = document("/v3/api-docs", "/v1/chat/completions", "Chat");
        Gateway gateway = Gateway.start(inference.url(), "http://127.0.0.1:1")) {
      assertThat(fetch(gateway).path("paths").propertyNames())
          .contains("/v1/chat/completions")
          .doesNotContain("/v1/jobs");
    }
  }
}
