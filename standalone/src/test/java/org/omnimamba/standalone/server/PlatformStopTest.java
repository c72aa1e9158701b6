package org.omnimamba.standalone.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
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

  private static final int JOBS = 100;

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
                    // so that most of the jobs wait
                    "jobs:omnimamba.jobs.worker.concurrency", 1)));
    String last;
    try (Socket stream = new Socket(InetAddress.getLoopbackAddress(), platform.port());
        Socket half = new Socket(InetAddress.getLoopbackAddress(), platform.port());
        Socket slow = new Socket()) {
      Readiness.await(platform.inferenceReadinessUrl());
      last = submitMany(new GatewayClient(platform.url(), platform.keys().apiKey()));
      send(platform, stream, "GET /v1/jobs/" + last + "/events", "");
      readUntil(stream, "event:queued");
      slow.setReceiveBufferSize(65_536);
      slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), platform.port()));
      send(platform, slow, "GET /v1/jobs?limit=" + JOBS, "Connection: close\r\n");
      assertThat(new String(slow.getInputStream().readNBytes(15), UTF_8))
          .isEqualTo("HTTP/1.1 200 OK");
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
      assertThat(namesOf(output, "GET /v1/jobs -> 200"))
          .as("an answer is under way")
          .doesNotContain("gateway-service");
      assertIsWhole(slow.getInputStream().readAllBytes());
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
    // claiming has stopped before the gateway begins to, so only the running job may end after that
    assertThat(
            output
                .getAll()
                .lines()
                .dropWhile(line -> !line.contains("stopping; requests may go on"))
                .filter(line -> line.contains("POST /v1/images/generations -> 200")))
        .hasSizeLessThanOrEqualTo(1);
    assertThat(output.getAll().lines().filter(line -> line.contains(last)))
        .as("what was done of the last job")
        .noneMatch(line -> line.contains("POST /v1/images/generations"));
    assertThat(namesOf(output, "POST /v1/jobs -> 202")).contains("gateway-service", "job-service");
  }

  /**
   * Jobs that tell so much of themselves that a list of them does not fit into a socket: each
   * control character takes six bytes.
   */
  private static String submitMany(GatewayClient client) throws Exception {
    ObjectNode job =
        GatewayClient.JSON.createObjectNode().put("endpoint", "/v1/images/generations");
    job.set("body", GatewayClient.image("a bed").put("n", 4));
    ObjectNode metadata = job.putObject("metadata");
    for (int i = 0; i < 16; i++) {
      metadata.put("name" + i, "\u0001".repeat(512));
    }
    String last = "";
    for (int i = 0; i < JOBS; i++) {
      last = client.postJson("/v1/jobs", job, 202).path("id").asString();
    }
    return last;
  }

  private static void assertIsWhole(byte[] rest) {
    String text = new String(rest, UTF_8);
    int end = text.indexOf("\r\n\r\n");
    Matcher length =
        Pattern.compile("(?i)content-length: ([0-9]+)").matcher(text.substring(0, end));
    assertThat(length.find()).as(text.substring(0, end)).isTrue();
    assertThat(text.substring(end + 4).getBytes(UTF_8))
        .hasSize(Integer.parseInt(length.group(1)))
        .hasSizeGreaterThan(4_500_000);
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
