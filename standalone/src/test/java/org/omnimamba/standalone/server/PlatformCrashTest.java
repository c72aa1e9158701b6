package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Accepted jobs survive {@code kill -9} of the whole process and end after the next start, those
 * that were running by another attempt: the first process takes some decode steps and then none.
 */
class PlatformCrashTest {
  private static final int JOBS = 12;
  private static final int STEPS = 10;
  private static final Set<String> UNFINISHED = Set.of("queued", "in_progress");

  @TempDir Path folder;

  @Test
  void everyAcceptedJobEndsAfterTheProcessWasKilled() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    List<String> accepted = new ArrayList<>();
    List<String> running = new ArrayList<>();
    Process process = spawn(home);
    try {
      BufferedReader output = process.inputReader();
      GatewayClient client = new GatewayClient(url(output), LaptopKeys.load(home).apiKey());
      for (int i = 0; i < JOBS; i++) {
        accepted.add(submit(client, i));
      }
      // none can end, and those that have begun have shown it
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> accepted.stream().anyMatch(id -> hasTokens(client, id)));
      for (String id : accepted) {
        if (status(client, id).equals("in_progress")) {
          running.add(id);
        }
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(running).as("jobs that were running when the process was killed").isNotEmpty();

    try (Platform platform =
        Platform.start(
            home,
            new StandaloneOptions(
                TinyModel.directory(),
                0,
                "127.0.0.1",
                Map.of("omnimamba.jobs.worker.concurrency", 4)))) {
      GatewayClient client = new GatewayClient(platform.url(), platform.keys().apiKey());
      for (String id : accepted) {
        await().atMost(Duration.ofMinutes(3)).until(() -> !UNFINISHED.contains(status(client, id)));
        JsonNode job = client.getJson("/v1/jobs/" + id);
        assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("completed");
        if (running.contains(id)) {
          assertThat(job.path("attempt").asInt()).as(job.toString()).isGreaterThanOrEqualTo(2);
        }
      }
    }
  }

  private static Process spawn(OmniMambaHome home) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-D" + HeldSteps.PROPERTY + "=" + STEPS,
            "-cp",
            System.getProperty("java.class.path"),
            PlatformProcess.class.getName(),
            home.directory().toString(),
            TinyModel.directory().toString())
        .redirectError(Files.createTempFile("platform-process", ".log").toFile())
        .start();
  }

  private static String url(BufferedReader output) throws IOException {
    List<String> seen = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("READY ")) {
        ProcessOutput.drain(output);
        return line.substring("READY ".length());
      }
      seen.add(line);
    }
    throw new AssertionError("the platform did not start: " + seen);
  }

  private static String submit(GatewayClient client, int index) throws Exception {
    ObjectNode request =
        GatewayClient.JSON.createObjectNode().put("endpoint", "/v1/images/generations");
    request.set("body", GatewayClient.image("picture number " + index));
    return client.postJson("/v1/jobs", request, 202).path("id").asString();
  }

  private static boolean hasTokens(GatewayClient client, String id) {
    try {
      JsonNode job = GatewayClient.JSON.readTree(client.get("/v1/jobs/" + id).body());
      return job.path("progress").path("tokens_done").asInt(0) > 0;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String status(GatewayClient client, String id) throws Exception {
    HttpResponse<byte[]> response = client.get("/v1/jobs/" + id);
    // a busy machine may say 503 for a while; that is an answer, and no loss
    return response.statusCode() == 503
        ? "queued"
        : GatewayClient.JSON.readTree(response.body()).path("status").asString();
  }
}
