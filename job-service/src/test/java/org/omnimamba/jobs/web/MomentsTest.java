package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Moments that a caller names. */
class MomentsTest {
  private final WebTestClient client = TestService.apiOnly().client("moments");

  @ParameterizedTest
  @ValueSource(
      strings = {"9999-12-31T23:59:59.999999Z", "2999-01-01T00:00:00Z", "2999-01-01T00:00:00.123Z"})
  void aDeadlineIsShownAsItWasGiven(String deadline) {
    String id = Jobs.submitForId(client, Jobs.with(Jobs.image("exact"), "deadline", deadline));
    assertThat(Jobs.get(client, "/v1/jobs/{id}", id).path("deadline").stringValue())
        .isEqualTo(deadline);
  }

  @ParameterizedTest
  @ValueSource(strings = {"finished_from", "finished_before"})
  void aFilterBeyondAllTimesIsRefused(String member) {
    for (String moment : new String[] {"+294277-01-01T00:00:00Z", "-5000-01-01T00:00:00Z"}) {
      client
          .post()
          .uri("/v1/jobs/redrive")
          .bodyValue(Map.of(member, moment))
          .exchange()
          .expectStatus()
          .value(
              status ->
                  assertThat(HttpStatus.valueOf(status))
                      .isIn(HttpStatus.BAD_REQUEST, HttpStatus.UNPROCESSABLE_CONTENT));
    }
  }
}
