package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.omnimamba.inference.api.RequestBodyReader;
import org.omnimamba.inference.engine.EngineStatus;
import tools.jackson.databind.JsonNode;

/**
 * A bad request, and the error object that must come of it.
 *
 * @param param the field that the error names, or null for none
 */
record BadRequest(
    String name, HttpRequest request, int status, @Nullable String param, String code) {
  static final TestServer SERVER = TestServer.shared();
  static final String CHAT = "/v1/chat/completions";
  static final String IMAGES = "/v1/images/generations";

  static BadRequest chat(
      String name, String json, int status, @Nullable String param, String code) {
    return new BadRequest("body: " + name, SERVER.post(CHAT, json), status, param, code);
  }

  static Stream<DynamicTest> tests(List<BadRequest> requests) {
    return requests.stream().map(it -> DynamicTest.dynamicTest(it.name(), it::check));
  }

  /** No bad request may leave anything behind. */
  static void assertNothingIsHeld() {
    EngineStatus status = SERVER.engine().status();
    assertThat(status.sequences()).isZero();
    assertThat(status.slotsInUse()).isZero();
    assertThat(status.outstandingTokens()).isZero();
    assertThat(SERVER.bean(RequestBodyReader.class).bytesInFlight()).isZero();
  }

  private void check() {
    HttpResponse<String> response = SERVER.send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = TestServer.json(response.body()).get("error");
    assertThat(error.propertyNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
    assertThat(error.get("message").stringValue())
        .isNotBlank()
        .doesNotContain("Exception", "tools.");
    assertThat(error.get("type").stringValue()).isEqualTo("invalid_request_error");
    assertThat(error.get("code").stringValue()).as(response.body()).isEqualTo(code);
    if (param == null) {
      assertThat(error.get("param").isNull()).isTrue();
    } else {
      assertThat(error.get("param").stringValue()).isEqualTo(param);
    }
    assertThat(response.headers().firstValue("x-request-id")).isPresent();
  }
}
