package org.omnimamba.jobs.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.testing.UploadForm;
import org.omnimamba.jobs.testing.WorkerProcess;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * Two processes work on a batch; the one that drives it is killed while it validates, while its
 * lines become jobs and run, and while it writes the files.
 */
class BatchCrashTest {
  private static final int LINES = 300;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String WORKER =
      "SELECT count(*) FROM queue_job WHERE kind = 'batch' AND worker LIKE '%d@%%'";

  private final List<Process> workers = new ArrayList<>();

  @Test
  void everyLineStandsInTheFilesOnce() throws Exception {
    try (TestService service =
        new TestService("omnimamba.jobs.worker.enabled=false", "omnimamba.jobs.queue.lease=2s")) {
      try {
        makeSlow(service, "batch_line");
        makeSlow(service, "stored_file");
        WebTestClient client =
            service.client("crash").mutate().defaultHeader("X-OmniMamba-Key", "om_crash").build();
        String id = create(client);
        startWorker(service);
        startWorker(service);
        killDriver(service, "SELECT count(*) FROM batch WHERE status = 'validating'");
        killDriver(service, "SELECT count(*) / 50 FROM batch_line WHERE status = 'completed'");
        killDriver(service, "SELECT count(*) FROM batch WHERE status = 'finalizing'");
        await()
            .atMost(PATIENCE)
            .until(() -> get(client, id).path("status").asString("").equals("completed"));
        JsonNode batch = get(client, id);
        assertThat(batch.path("request_counts").path("completed").asInt()).isEqualTo(LINES);
        assertThat(batch.has("error_file_id")).isFalse();
        assertThat(ids(client, batch.path("output_file_id").asString("")))
            .isEqualTo(IntStream.range(0, LINES).mapToObj(i -> "q" + i).toList());
        assertThat(
                service
                    .database()
                    .number("SELECT count(*) FROM queue_job WHERE kind = 'batch_line'"))
            .isEqualTo(LINES);
        assertThat(
                service
                    .database()
                    .text(
                        "SELECT concat_ws(' ', max(key), sum(requests), sum(input_tokens),"
                            + " sum(output_tokens)) FROM usage_counted WHERE tenant = 'crash'"))
            .isEqualTo("om_crash %d %d %d".formatted(LINES, 5 * LINES, 3 * LINES));
      } finally {
        workers.forEach(Process::destroyForcibly);
      }
    }
  }

  /** Every statement that adds to the table takes a while, so that a step can be met. */
  private static void makeSlow(TestService service, String table) {
    service
        .database()
        .execute(
            "CREATE FUNCTION slow_%1$s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$"
                .formatted(table));
    service
        .database()
        .execute(
            "CREATE TRIGGER slow AFTER INSERT ON %1$s EXECUTE FUNCTION slow_%1$s()"
                .formatted(table));
  }

  private void startWorker(TestService service) throws Exception {
    workers.add(
        WorkerProcess.start(
            service.arguments(
                "omnimamba.jobs.api.enabled=false",
                "omnimamba.jobs.queue.lease=2s",
                "omnimamba.jobs.batches.poll-interval=50ms",
                "omnimamba.jobs.batches.window=20")));
  }

  /** Kills the process that drives the batch once the count is not zero, and starts another. */
  private void killDriver(TestService service, String when) throws Exception {
    Process driver =
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(
                () ->
                    service.database().number(when) == 0
                        ? List.<Process>of()
                        : workers.stream()
                            .filter(Process::isAlive)
                            .filter(
                                worker ->
                                    service.database().number(WORKER.formatted(worker.pid())) > 0)
                            .toList(),
                found -> !found.isEmpty())
            .get(0);
    driver.destroyForcibly().waitFor();
    startWorker(service);
  }

  private static String create(WebTestClient client) {
    String requests =
        IntStream.range(0, LINES)
            .mapToObj(
                i ->
                    "{\"custom_id\":\"q%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"messages\":[]}}"
                        .formatted(i))
            .collect(Collectors.joining("\n"));
    String file =
        json(new UploadForm().field("purpose", "batch").file(requests.getBytes(UTF_8)).post(client))
            .path("id")
            .asString("");
    return json(client
            .post()
            .uri("/v1/batches")
            .bodyValue(
                Map.of(
                    "input_file_id", file,
                    "endpoint", "/v1/chat/completions",
                    "completion_window", "24h"))
            .exchange())
        .path("id")
        .asString("");
  }

  private static JsonNode get(WebTestClient client, String id) {
    return json(client.get().uri("/v1/batches/{id}", id).exchange());
  }

  private static JsonNode json(WebTestClient.ResponseSpec answer) {
    JsonNode body =
        answer.expectStatus().isOk().expectBody(JsonNode.class).returnResult().getResponseBody();
    assertThat(body).isNotNull();
    return body;
  }

  private static List<String> ids(WebTestClient client, String file) {
    byte[] text =
        client
            .get()
            .uri("/v1/files/{id}/content", file)
            .exchange()
            .expectBody()
            .returnResult()
            .getResponseBody();
    assertThat(text).isNotNull();
    return new String(text, UTF_8)
        .lines()
        .map(line -> line.replaceAll("^.*\"custom_id\":\"(q[0-9]+)\".*$", "$1"))
        .toList();
  }
}
