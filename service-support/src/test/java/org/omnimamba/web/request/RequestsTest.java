package org.omnimamba.web.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.web.testing.SmallService;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Ids, log lines and observations of requests to a service whose ports are both open. */
@ExtendWith(OutputCaptureExtension.class)
class RequestsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String[] INSIDE = {"X-OmniMamba-Internal-Token", SmallService.TOKEN};

  private static SmallService service;

  @BeforeAll
  static void start() {
    service = new SmallService();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @ParameterizedTest
  @CsvSource({"/hello, 200", "/nothing, 404"})
  void everyAnswerCarriesTheClientsId(String path, int status) throws Exception {
    HttpResponse<String> answer = get(path, "X-Request-Id", "my:id_1.2-3");
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().allValues("x-request-id")).containsExactly("my:id_1.2-3");
    assertThat(answer.headers().firstValue("x-content-type-options")).contains("nosniff");
  }

  @Test
  void aRefusalCarriesItToo() throws Exception {
    HttpResponse<String> refused = service.get("/hello", "X-Request-Id", "stranger");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.headers().firstValue("x-request-id")).contains("stranger");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "<script>", "ä", " "})
  void aWrongIdIsReplaced(String id) throws Exception {
    assertThat(get("/hello", "X-Request-Id", id).headers().firstValue("x-request-id").orElseThrow())
        .matches("req_[0-9a-f]{32}");
  }

  @Test
  void anIdIsMadeWhereThereIsNone() throws Exception {
    assertThat(get("/hello").headers().firstValue("x-request-id").orElseThrow())
        .matches("req_[0-9a-f]{32}");
  }

  @Test
  void requestsAreLoggedAndObservedAndMonitoringIsNot(CapturedOutput output) throws Exception {
    for (String probe : new String[] {"/livez", "/readyz"}) {
      assertThat(service.get(probe).statusCode()).isEqualTo(200);
    }
    for (String path :
        new String[] {
          "/actuator/health",
          "/actuator/health/liveness",
          "/actuator/health/readiness",
          "/actuator/prometheus"
        }) {
      assertThat(service.management(path).statusCode()).as(path).isEqualTo(200);
    }
    get("/hello", "X-Request-Id", "the-last", "X-OmniMamba-Tenant", "ada");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(output.getAll())
                    .containsPattern("GET /hello -> 200 in \\d+ ms \\(ada, the-last\\)"));
    assertThat(output.getAll()).doesNotContain("/livez", "/readyz", "GET /actuator");
    assertThat(service.observed())
        .contains("/hello")
        .noneMatch(path -> path.startsWith("/actuator") || path.endsWith("z"));
  }

  @Test
  void aClientThatGoesAwayIsLoggedAsSuch(CapturedOutput output) throws Exception {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      client
          .getOutputStream()
          .write(
              ("GET /slow HTTP/1.1\r\nHost: x\r\nX-Request-Id: gone\r\n"
                      + "X-OmniMamba-Internal-Token: "
                      + SmallService.TOKEN
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      await().atMost(PATIENCE).until(() -> service.observed().contains("/slow"));
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(output.getAll())
                    .containsPattern("GET /slow -> 499 in \\d+ ms \\(gone\\)"));
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    String[] all = java.util.Arrays.copyOf(INSIDE, INSIDE.length + headers.length);
    System.arraycopy(headers, 0, all, INSIDE.length, headers.length);
    return service.get(path, all);
  }
}
