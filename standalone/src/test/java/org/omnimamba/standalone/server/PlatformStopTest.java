package org.omnimamba.standalone.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.node.ObjectNode;

/** How the platform stops while clients hold connections open, and what its log calls its parts. */
@ExtendWith(OutputCaptureExtension.class)
class PlatformStopTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Pattern WARNING = Pattern.compile("^\\S+ +(WARN|ERROR) ");

  @TempDir Path folder;

  @Test
  void openRequestsDoNotHoldTheStopUpAndEachServiceLogsUnderItsName(CapturedOutput output)
      throws Exception {
    Platform platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(
                TinyModel.directory(),
                0,
                "127.0.0.1",
                Map.of(
                    "logging.config", "classpath:omnimamba-verbose-logback.xml",
                    // a stop that waited for a request would not end within this test
                    "gateway:omnimamba.shutdown.grace", "1h",
                    // so that the job's stream stays open
                    "jobs:omnimamba.jobs.worker.enabled", "false")));
    try (Socket stream = new Socket(InetAddress.getLoopbackAddress(), platform.port());
        Socket half = new Socket(InetAddress.getLoopbackAddress(), platform.port())) {
      GatewayClient client = new GatewayClient(platform.url(), platform.keys().apiKey());
      ObjectNode job =
          GatewayClient.JSON.createObjectNode().put("endpoint", "/v1/images/generations");
      job.set("body", GatewayClient.image("waits"));
      String id = client.postJson("/v1/jobs", job, 202).path("id").asString();
      send(platform, stream, "GET /v1/jobs/" + id + "/events", "");
      readUntil(stream, "event:queued");
      send(
          platform,
          half,
          "POST /v1/chat/completions",
          "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 100\r\n");
      readUntil(half, "100 Continue");

      assertThat(output.getAll().lines().filter(line -> WARNING.matcher(line).find()))
          .as("a normal start")
          .isEmpty();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(platform::close);
      assertThat(readUntil(stream, "service_stopping")).contains("event:reconnect");
      assertThat(readUntil(half, "shutting_down")).contains("HTTP/1.1 503");
      assertThat(stopped).succeedsWithin(PATIENCE);
    } finally {
      platform.close();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(namesOf(output, "Netty started on port"))
                    .containsOnly("inference-service", "job-service", "gateway-service"));
    assertThat(namesOf(output, "Started InferenceServiceApplication"))
        .containsExactly("inference-service");
    assertThat(namesOf(output, "Started JobServiceApplication")).containsExactly("job-service");
    assertThat(namesOf(output, "Started GatewayServiceApplication"))
        .containsExactly("gateway-service");
    assertThat(namesOf(output, "POST /v1/jobs -> 202")).contains("gateway-service", "job-service");
  }

  /** What stands in brackets in the lines of the log that contain the text. */
  private static Iterable<String> namesOf(CapturedOutput output, String text) {
    Pattern name = Pattern.compile("--- \\[([a-z-]+)]");
    return output
        .getAll()
        .lines()
        .filter(line -> line.contains(text))
        .map(name::matcher)
        .map(matcher -> matcher.find() ? matcher.group(1) : "no name")
        .toList();
  }

  private static void send(Platform platform, Socket socket, String request, String headers)
      throws IOException {
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket
        .getOutputStream()
        .write(
            (request
                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + platform.keys().apiKey()
                    + "\r\n"
                    + headers
                    + "\r\n")
                .getBytes(UTF_8));
  }

  private static String readUntil(Socket socket, String text) throws IOException {
    StringBuilder answer = new StringBuilder();
    byte[] bytes = new byte[10_000];
    while (answer.indexOf(text) < 0) {
      int count = socket.getInputStream().read(bytes);
      assertThat(count).as("the answer ends: %s", answer).isPositive();
      answer.append(new String(bytes, 0, count, UTF_8));
    }
    return answer.toString();
  }
}
