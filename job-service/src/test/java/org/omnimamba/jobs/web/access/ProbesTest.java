package org.omnimamba.jobs.web.access;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What a kubelet and a metrics collector ask for, as they ask: without a token. */
class ProbesTest {
  private final TestService service = TestService.apiOnly();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/actuator/health",
        "/actuator/prometheus"
      })
  void theManagementPortIsOpen(String path) {
    WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + service.managementPort())
        .build()
        .get()
        .uri(path)
        .exchange()
        .expectStatus()
        .isOk();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz"})
  void soAreTheProbesOfTheOwnPort(String path) {
    service.anonymousClient().get().uri(path).exchange().expectStatus().isOk();
  }
}
