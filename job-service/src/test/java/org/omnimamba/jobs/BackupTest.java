package org.omnimamba.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.webhook.delivery.WebhookReceiver;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** What a copy of the stopped database server's files, made as the documentation says, is worth. */
@ExtendWith(OutputCaptureExtension.class)
class BackupTest {
  private static final String TENANT = "backup";

  /** Longer than a lease. */
  private static final Duration A_WHILE = Duration.ofMinutes(2);

  /** The database that every server has. */
  private static final String DATABASE = "postgres";

  private static final String OTHER_KEY =
      Base64.getEncoder().encodeToString("another key of thirty-two bytes!".getBytes(UTF_8));

  @TempDir Path folder;

  private final WebhookReceiver receiver = new WebhookReceiver();
  private String secret;
  private String done;
  private String running;
  private String delivery;
  private JsonNode result;

  /** One job is done and its webhook not delivered; another one runs when all is stopped. */
  @BeforeEach
  void backUp() throws Exception {
    receiver.answering(503);
    try (FolderServer server = new FolderServer(folder.resolve("original"));
        TestService service = service(server)) {
      WebTestClient client = service.client(TENANT);
      secret =
          client
              .post()
              .uri("/v1/webhook-endpoints")
              .bodyValue(Map.of("url", receiver.url("/hook")))
              .exchange()
              .expectStatus()
              .isCreated()
              .expectBody(JsonNode.class)
              .returnResult()
              .getResponseBody()
              .path("secret")
              .stringValue();
      done = Jobs.submitForId(client, Jobs.image("done before"));
      result = Jobs.awaitStatus(client, done, "completed").path("result");
      await().atMost(Jobs.PATIENCE).until(() -> !receiver.received().isEmpty());
      delivery =
          Jobs.get(client, "/v1/jobs/{id}/deliveries", done)
              .path("data")
              .path(0)
              .path("id")
              .stringValue();
      service.inference().answering(FakeInference.hanging());
      running = Jobs.submitForId(client, Jobs.image("runs meanwhile"));
      await().atMost(Jobs.PATIENCE).until(() -> service.inference().running() == 1);
      server.stop();
      assertThat(
              new ProcessBuilder("cp", "-a", "original", "copy")
                  .directory(folder.toFile())
                  .inheritIO()
                  .start()
                  .waitFor())
          .isZero();
    }
    receiver.answering(204);
  }

  @AfterEach
  void closeReceiver() {
    receiver.close();
  }

  @Test
  void aRestoredDatabaseHasItsJobsAndTellsWhatWasNotTold() throws Exception {
    int before = receiver.received().size();
    try (FolderServer server = new FolderServer(folder.resolve("copy"));
        TestService service = service(server)) {
      WebTestClient client = service.client(TENANT);
      assertThat(Jobs.get(client, "/v1/jobs/{id}", done).path("result")).isEqualTo(result);
      service.database().advance(A_WHILE);
      Jobs.awaitStatus(client, running, "completed");

      service.skipWait(delivery);
      await().atMost(Jobs.PATIENCE).until(() -> isDelivered(client));
      assertThat(receiver.received().subList(before, receiver.received().size()))
          .anyMatch(message -> message.body().contains(done))
          .allMatch(message -> message.verifies(secret));
    }
  }

  @Test
  void withoutTheKeyWebhooksWaitUntilItIsThere(CapturedOutput output) throws Exception {
    int before = receiver.received().size();
    try (FolderServer server = new FolderServer(folder.resolve("copy"))) {
      try (TestService service =
          service(server, "omnimamba.jobs.webhooks.secret-key=" + OTHER_KEY)) {
        WebTestClient client = service.client(TENANT);
        assertThat(Jobs.get(client, "/v1/jobs/{id}", done).path("result")).isEqualTo(result);
        service.skipWait(delivery);
        await()
            .atMost(Jobs.PATIENCE)
            .until(
                () ->
                    output
                        .getOut()
                        .contains(
                            "delivery "
                                + delivery
                                + " had to be put off: java.lang.IllegalStateException: the key"
                                + " that sealed this secret is not configured"));
        assertThat(isDelivered(client)).isFalse();
      }
      assertThat(receiver.received()).hasSize(before);

      try (TestService service =
          service(
              server,
              "omnimamba.jobs.webhooks.secret-key=" + OTHER_KEY,
              "omnimamba.jobs.webhooks.previous-secret-keys=" + TestService.SECRET_KEY)) {
        WebTestClient client = service.client(TENANT);
        service.skipWait(delivery);
        await().atMost(Jobs.PATIENCE).until(() -> isDelivered(client));
        assertThat(receiver.received().get(receiver.received().size() - 1).verifies(secret))
            .isTrue();
      }
    }
  }

  private static TestService service(FolderServer server, String... settings) {
    return new TestService(
        TestDatabase.existing(server, DATABASE),
        Stream.concat(
                Stream.of("omnimamba.jobs.webhooks.development-hosts=127.0.0.1"),
                Stream.of(settings))
            .toArray(String[]::new));
  }

  private boolean isDelivered(WebTestClient client) {
    return Jobs.get(client, "/v1/webhook-endpoints/deliveries/{id}", delivery)
        .path("status")
        .stringValue()
        .equals("delivered");
  }
}
