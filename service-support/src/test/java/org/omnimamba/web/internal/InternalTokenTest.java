package org.omnimamba.web.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.web.testing.SmallService;

/** Who gets in: over real HTTP, with the management port open. */
class InternalTokenTest {
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
  @ValueSource(strings = {SmallService.TOKEN, SmallService.OLD_TOKEN})
  void theTokenAndThePreviousOneAreAccepted(String token) throws Exception {
    assertThat(service.get("/hello", PlatformHeaders.INTERNAL_TOKEN, token).body())
        .isEqualTo("hello");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/hello", "/livez/..", "/livez/", "/actuator/health", "/nothing"})
  void nothingElseIsServedWithoutOne(String path) throws Exception {
    assertThat(service.get(path).statusCode()).isEqualTo(401);
    assertThat(
            service
                .get(path, PlatformHeaders.INTERNAL_TOKEN, SmallService.TOKEN + "x")
                .statusCode())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz"})
  void probesOfTheOwnPortAreOpen(String path) throws Exception {
    assertThat(service.get(path).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/actuator/health",
        "/actuator/prometheus"
      })
  void theManagementPortIsOpen(String path) throws Exception {
    assertThat(service.management(path).statusCode()).isEqualTo(200);
  }

  @Test
  void secretsDoNotPrintThemselves() {
    String printed =
        new InternalTokenProperties(SmallService.TOKEN, List.of(SmallService.OLD_TOKEN)).toString();
    assertThat(printed).doesNotContain(SmallService.TOKEN, SmallService.OLD_TOKEN);
  }
}
