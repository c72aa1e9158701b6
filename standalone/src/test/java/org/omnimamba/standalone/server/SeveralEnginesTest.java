package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.engines.EngineCounts;
import org.omnimamba.standalone.engines.EngineDevice;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Two engines in processes of their own serve, and one of them does when the other cannot. */
@ExtendWith(OutputCaptureExtension.class)
class SeveralEnginesTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Pattern DRAWN = Pattern.compile("(?m)^omnimamba_images_total\\S* (\\S+)$");

  @TempDir static Path folder;
  private static Platform platform;
  private static GatewayClient client;

  @BeforeAll
  static void start() throws Exception {
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(
                TinyModel.directory(),
                0,
                "127.0.0.1",
                Map.of("logging.config", "classpath:omnimamba-verbose-logback.xml"),
                List.of(EngineDevice.cpu(0), EngineDevice.cpu(1))));
    Readiness.await(platform.inferenceReadinessUrl());
    client = new GatewayClient(platform.url(), platform.keys().apiKey());
    awaitEngines(2);
  }

  @AfterAll
  static void stop() {
    List<ProcessHandle> engines = engines(ProcessHandle.current()).toList();
    if (platform != null) {
      platform.close();
    }
    assertThat(engines).hasSize(2).noneMatch(ProcessHandle::isAlive);
  }

  @Test
  void bothDrawAndAnotherDrawsWhileOneIsGoneOrStandsStill(CapturedOutput output) throws Exception {
    JsonNode readiness = client.getJson("/readyz").path("components").path("engines");
    assertThat(readiness.path("details").path("ready").asInt()).isEqualTo(2);
    assertThat(readiness.path("details").path("all").asInt()).isEqualTo(2);
    try (Requests requests = new Requests()) {
      awaitBothDraw();

      anEngine().destroyForcibly();
      awaitEngines(1);
      awaitEngines(2);
      awaitBothDraw();

      ProcessHandle stopped = anEngine();
      signal("STOP", stopped);
      awaitEngines(1);
      requests.awaitMore();
      assertThat(client.getJson("/readyz").path("status").asString()).isEqualTo("UP");
      signal("CONT", stopped);
      awaitEngines(2);
      awaitBothDraw();
    }
    assertThat(output.getAll())
        .contains("[inference-service 0] ", "[inference-service 1] ")
        .contains("was ended by signal 9; it is started again in 1 s");
  }

  @Test
  void jobsAreDoneByThem() throws Exception {
    ObjectNode job = GatewayClient.JSON.createObjectNode();
    job.put("endpoint", "/v1/images/generations").set("body", GatewayClient.image("a bed"));
    String id = client.postJson("/v1/jobs", job, 202).path("id").asString();
    await()
        .atMost(PATIENCE)
        .until(
            () -> client.getJson("/v1/jobs/" + id).path("status").asString().equals("completed"));
  }

  /** Pictures are asked for, two at a time, until it is closed; none may fail. */
  private static final class Requests implements AutoCloseable {
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    Requests() {
      for (int i = 0; i < 2; i++) {
        threads.execute(this::run);
      }
    }

    private void run() {
      try {
        while (!closed.get()) {
          answers.add(
              client.post("/v1/images/generations", GatewayClient.image("a bed")).statusCode());
        }
      } catch (IOException | InterruptedException e) {
        failures.add(e);
      }
    }

    void awaitMore() {
      int before = answers.size();
      await().atMost(PATIENCE).until(() -> answers.size() > before + 5);
    }

    @Override
    public void close() throws InterruptedException {
      closed.set(true);
      threads.shutdown();
      assertThat(threads.awaitTermination(3, TimeUnit.MINUTES)).isTrue();
      assertThat(failures).isEmpty();
      assertThat(answers).isNotEmpty().containsOnly(200);
    }
  }

  private static void awaitBothDraw() {
    List<Double> before = drawn();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<Double> now = drawn();
              return now.get(0) > before.get(0) && now.get(1) > before.get(1);
            });
  }

  /** How many pictures each engine has drawn since its process was started. */
  private static List<Double> drawn() {
    return platform.allMetricsUrls().subList(0, 2).stream()
        .map(SeveralEnginesTest::read)
        .map(DRAWN::matcher)
        .map(matcher -> matcher.find() ? Double.parseDouble(matcher.group(1)) : 0)
        .toList();
  }

  private static String read(String url) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(url, e);
    }
  }

  private static void awaitEngines(int ready) {
    await().atMost(PATIENCE).until(() -> counts().ready() == ready);
  }

  private static EngineCounts counts() {
    EngineCounts counts = platform.engines();
    assertThat(counts).isNotNull();
    return counts;
  }

  private static ProcessHandle anEngine() {
    return engines(ProcessHandle.current()).findFirst().orElseThrow();
  }

  /** The other children are the database's. */
  static Stream<ProcessHandle> engines(ProcessHandle parent) {
    return parent.children().filter(child -> child.info().command().orElse("").endsWith("java"));
  }

  static void signal(String name, ProcessHandle process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }
}
