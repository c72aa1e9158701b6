package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parameters of queries, as the service's description of itself lists them. */
class QueryParametersTest {
  private static final WebTestClient CLIENT = TestService.apiOnly().client("queries");

  /** A parameter of an address. */
  record Parameter(String address, String name) {}

  static List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    Jobs.get(CLIENT, "/v1/jobs/openapi.json")
        .path("paths")
        .properties()
        .forEach(
            path -> {
              for (JsonNode parameter : path.getValue().at("/get/parameters")) {
                if (parameter.path("in").asString().equals("query")) {
                  parameters.add(
                      new Parameter(
                          path.getKey().replaceAll("\\{[^}]*}", "made-up"),
                          parameter.path("name").asString()));
                }
              }
            });
    return parameters;
  }

  @Test
  void thereAreSome() {
    assertThat(parameters())
        .contains(new Parameter("/v1/files", "limit"), new Parameter("/v1/jobs", "status"));
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void oneThatIsGivenTwiceOrWithoutAValueIsRefusedByName(Parameter parameter) {
    String name = parameter.name();
    assertThat(refusal(parameter.address() + "?" + name + "=1&" + name + "=2"))
        .contains(name + " must be given once.");
    assertThat(refusal(parameter.address() + "?" + name + "=")).contains(name + " has no value.");
    assertThat(refusal(parameter.address() + "?" + name)).contains(name + " has no value.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"zzz", "assistants", "Batch", "batch,vision"})
  void filesOfAPurposeThatThereIsNotAreNotListed(String purpose) {
    JsonNode error =
        new JsonMapper().readTree(refusal("/v1/files?purpose=" + purpose)).path("error");
    assertThat(error.path("param").asString()).isEqualTo("purpose");
    assertThat(error.path("message").asString())
        .isEqualTo("purpose must be 'batch', 'batch_output' or 'vision', not '" + purpose + "'.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"batch", "batch_output", "vision"})
  void filesOfAPurposeAreListed(String purpose) {
    assertThat(Jobs.get(CLIENT, "/v1/files?purpose=" + purpose).path("data").isArray()).isTrue();
  }

  private static String refusal(String uri) {
    return String.valueOf(
        CLIENT
            .get()
            .uri(uri)
            .exchange()
            .expectStatus()
            .isBadRequest()
            .expectBody(String.class)
            .returnResult()
            .getResponseBody());
  }
}
