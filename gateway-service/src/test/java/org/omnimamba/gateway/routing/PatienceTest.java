package org.omnimamba.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class PatienceTest {
  private static final RoutingProperties PROPERTIES =
      new RoutingProperties(
          Duration.ofSeconds(5),
          "/readyz",
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          3,
          3,
          Duration.ofMinutes(10),
          Duration.ofSeconds(30),
          0);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "inference | /v1/chat/completions | | 600",
        "jobs | /v1/jobs | | 30",
        "jobs | /v1/jobs/1 | | 30",
        "jobs | /v1/jobs/1/events | | 600",
        "jobs | /v1/webhook-endpoints | | 30",
        "jobs | /v1/responses | | 600",
        "jobs | /v1/responses/resp_1 | | 600",
        "jobs | /v1/responses/resp_1/cancel | | 30",
        "jobs | /v1/files | | 600",
        "jobs | /v1/files/file-1 | | 30",
        "jobs | /v1/jobs | wait=20 | 50",
        "jobs | /v1/jobs | respond-async, Wait = \"20\" | 50",
        "jobs | /v1/jobs | respond-async;x=1;wait=20 | 50",
        "jobs | /v1/jobs | wait=999999999 | 630",
        "jobs | /v1/jobs | await=20 | 30",
        "jobs | /v1/jobs | wait=soon | 30",
      })
  void dependsOnWhatIsAsked(String route, String path, String prefer, long seconds) {
    MockServerHttpRequest.BodyBuilder request = MockServerHttpRequest.method(HttpMethod.POST, path);
    if (prefer != null) {
      request.header("Prefer", prefer);
    }
    assertThat(Patience.with(request.build(), route, PROPERTIES))
        .isEqualTo(Duration.ofSeconds(seconds));
  }
}
