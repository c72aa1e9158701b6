package org.omnimamba.jobs.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.Relay;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.testing.TestDatabase;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** While the database is away: a problem that says so and when to try again, on every path. */
class DatabaseOutageTest {
  private final TestDatabase database = TestDatabase.empty();
  private final URI address = URI.create(database.r2dbcUrl().substring("r2dbc:".length()));
  private final Relay relay = new Relay(address.getHost(), address.getPort());
  private final TestService service =
      new TestService(
          database,
          "omnimamba.jobs.worker.enabled=false",
          "spring.r2dbc.url="
              + database.r2dbcUrl().replace(address.getAuthority(), "127.0.0.1:" + relay.port()));
  private final WebTestClient client = service.client("outage");

  @AfterEach
  void stop() {
    service.close();
    relay.close();
  }

  private record Call(HttpMethod method, String path, Object body) {
    static Call of(HttpMethod method, String path) {
      return new Call(method, path, null);
    }
  }

  @Test
  void everyPathSaysThatTheDatabaseDoesNotAnswerAndWorksAgainAfterwards() {
    String id = Jobs.submitForId(client, Jobs.image("before"));
    String some = "01890000-0000-7000-8000-000000000000";
    String hooks = "/v1/webhook-endpoints";
    Map<String, Object> endpoint = Map.of("url", "https://example.com/hook");
    List<Call> calls =
        List.of(
            new Call(HttpMethod.POST, "/v1/jobs", Jobs.image("during")),
            new Call(
                HttpMethod.POST,
                "/v1/jobs",
                Jobs.with(Jobs.image("during"), "deadline", "2999-01-01T00:00:00Z")),
            new Call(
                HttpMethod.POST, "/v1/jobs", Jobs.with(Jobs.image("during"), "webhook", endpoint)),
            Call.of(HttpMethod.GET, "/v1/jobs"),
            Call.of(HttpMethod.GET, "/v1/jobs/" + id),
            Call.of(HttpMethod.GET, "/v1/jobs/" + id + "/events"),
            Call.of(HttpMethod.GET, "/v1/jobs/" + id + "/content"),
            Call.of(HttpMethod.GET, "/v1/jobs/" + id + "/deliveries"),
            Call.of(HttpMethod.POST, "/v1/jobs/" + id + "/cancel"),
            Call.of(HttpMethod.POST, "/v1/jobs/" + id + "/redrive"),
            Call.of(HttpMethod.POST, "/v1/jobs/redrive"),
            Call.of(HttpMethod.DELETE, "/v1/jobs/" + id),
            new Call(HttpMethod.POST, hooks, endpoint),
            Call.of(HttpMethod.GET, hooks),
            Call.of(HttpMethod.GET, hooks + "/" + some),
            new Call(HttpMethod.PATCH, hooks + "/" + some, Map.of("status", "disabled")),
            Call.of(HttpMethod.DELETE, hooks + "/" + some),
            Call.of(HttpMethod.POST, hooks + "/" + some + "/rotate-secret"),
            Call.of(HttpMethod.GET, hooks + "/" + some + "/deliveries"),
            Call.of(HttpMethod.POST, hooks + "/default-secret"),
            Call.of(HttpMethod.GET, hooks + "/default-secret"),
            Call.of(HttpMethod.GET, hooks + "/deliveries/" + some),
            Call.of(HttpMethod.POST, hooks + "/deliveries/" + some + "/replay"));

    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger handler = (Logger) LoggerFactory.getLogger("org.omnimamba.jobs.web.problem");
    handler.addAppender(lines);
    relay.cut();
    for (Call call : calls) {
      JsonNode problem =
          send(call)
              .expectStatus()
              .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
              .expectHeader()
              .contentType(MediaType.APPLICATION_PROBLEM_JSON)
              .expectHeader()
              .valueMatches("Retry-After", "[1-9][0-9]*")
              .expectBody(JsonNode.class)
              .returnResult()
              .getResponseBody();
      assertThat(problem.path("type").stringValue())
          .as("%s", call)
          .isEqualTo("urn:omnimamba:problem:unavailable");
    }
    handler.detachAppender(lines);
    assertThat(lines.list)
        .as("one line a minute, not one a request")
        .hasSizeBetween(1, 3)
        .allMatch(line -> line.getFormattedMessage().contains("the database did not answer"));

    relay.mend();
    await()
        .atMost(Jobs.PATIENCE)
        .untilAsserted(() -> send(Call.of(HttpMethod.GET, "/v1/jobs/" + id)).expectStatus().isOk());
    assertThat(Jobs.get(client, "/v1/jobs").path("data").size()).isEqualTo(1);
  }

  @Test
  void aStreamThatCannotGoOnEndsWithTheRequestToComeBack() {
    String id = Jobs.submitForId(client, Jobs.image("watched"));
    Flux<String> stream =
        client
            .get()
            .uri("/v1/jobs/{id}/events", id)
            .exchange()
            .expectStatus()
            .isOk()
            .returnResult(String.class)
            .getResponseBody();
    List<String> told =
        stream
            .doOnNext(
                data -> {
                  if (data.contains("\"queued\"")) {
                    relay.cut();
                  }
                })
            .collectList()
            .block(Jobs.PATIENCE);
    assertThat(told.get(told.size() - 1)).contains("service_unavailable", id);
  }

  private WebTestClient.ResponseSpec send(Call call) {
    WebTestClient.RequestBodySpec request = client.method(call.method()).uri(call.path());
    return call.body() == null ? request.exchange() : request.bodyValue(call.body()).exchange();
  }
}
