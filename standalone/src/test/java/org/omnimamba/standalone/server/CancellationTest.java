package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.gateway.GatewayServiceApplication;
import org.omnimamba.inference.InferenceServiceApplication;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.jobs.JobServiceApplication;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client that closes its socket at the gateway, or cancels its running job, frees the engine's
 * slots behind it, counted in decode steps of the real model, which happen one by one as this test
 * allows.
 */
class CancellationTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String KEY = "key-of-the-cancellation-test";
  private static final int MOST_STEPS = 3;

  private static final SteppedModel MODEL = new SteppedModel();
  @TempDir static Path folder;

  private static EmbeddedDatabase database;
  private static ConfigurableApplicationContext inference;
  private static ConfigurableApplicationContext jobs;
  private static ConfigurableApplicationContext gateway;

  @BeforeAll
  static void start() throws IOException {
    database = EmbeddedDatabase.start(OmniMambaHome.at(folder.resolve("home")));
    inference =
        run(
            InferenceServiceApplication.builder()
                .initializers(context -> context.getBeanFactory().addBeanPostProcessor(MODEL)),
            "omnimamba.inference.model=" + TinyModel.directory());
    List<String> jobSettings = new ArrayList<>();
    database.connectionProperties().forEach((name, value) -> jobSettings.add(name + "=" + value));
    jobSettings.add("omnimamba.jobs.inference-url=http://127.0.0.1:" + port(inference));
    jobs = run(JobServiceApplication.builder(), jobSettings.toArray(String[]::new));
    List<String> gatewaySettings =
        new ArrayList<>(
            List.of(
                "omnimamba.gateway.inference-urls=http://127.0.0.1:" + port(inference),
                "omnimamba.gateway.jobs-url=http://127.0.0.1:" + port(jobs),
                "omnimamba.gateway.api-key=" + KEY));
    database
        .connectionProperties()
        .forEach((name, value) -> gatewaySettings.add(name + "=" + value));
    gateway = run(GatewayServiceApplication.builder(), gatewaySettings.toArray(String[]::new));
    await().atMost(PATIENCE).until(engine()::ready);
  }

  private static ConfigurableApplicationContext run(
      SpringApplicationBuilder service, String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--management.server.port=0",
                "--omnimamba.internal-token=token-of-the-cancellation-test"));
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    return service.run(arguments.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    MODEL.allow(1_000_000);
    gateway.close();
    jobs.close();
    inference.close();
    database.close();
  }

  @AfterEach
  void finishWhatIsLeft() {
    MODEL.allow(10_000);
    await().atMost(PATIENCE).until(() -> engine().status().sequences() == 0);
    MODEL.allowNone();
  }

  private static int port(ConfigurableApplicationContext service) {
    return service.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static Engine engine() {
    return inference.getBean(Engine.class);
  }

  @ParameterizedTest(name = "{0}, streamed: {1}")
  @CsvSource({"chat, true", "chat, false", "images, true", "images, false"})
  void theSlotsAreFreeWithinThreeSteps(String what, boolean streamed) throws Exception {
    double madeBefore = made();
    JsonNode before = usage();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(gateway))) {
      client.setSoTimeout((int) PATIENCE.toMillis());
      ask(client, what, streamed);
      MODEL.allow(2);
      await().atMost(PATIENCE).until(() -> slots() == 4 && MODEL.isWaiting());
      if (streamed) {
        readUntil(client.getInputStream(), "data: ");
      }
      assertThat(slots()).as("slots while the client is there").isEqualTo(4);
    }
    expectFreeSlots(what + ", streamed " + streamed);
    expectCounted(before, (long) (made() - madeBefore));
  }

  /** What was made for a client that left counts as its tenant's use, and no more. */
  private static void expectCounted(JsonNode before, long tokens) {
    assertThat(tokens).isBetween(4L, 40L);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode now = usage();
              assertThat(difference(now, before, "requests")).isEqualTo(1);
              assertThat(difference(now, before, "pictures")).isZero();
              assertThat(difference(now, before, "input_tokens")).isPositive();
              assertThat(difference(now, before, "output_tokens")).isEqualTo(tokens);
            });
  }

  private static long difference(JsonNode now, JsonNode before, String name) {
    return now.path(name).longValue() - before.path(name).longValue();
  }

  private static JsonNode usage() throws Exception {
    return new GatewayClient("http://127.0.0.1:" + port(gateway), KEY).getJson("/v1/usage");
  }

  /** Tokens that the engine has generated so far. */
  private static double made() {
    return inference
        .getBean(MeterRegistry.class)
        .find("omnimamba.generation.tokens")
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  @Test
  void cancellingARunningJobFreesTheSlotsWithinThreeSteps() throws Exception {
    GatewayClient client = new GatewayClient("http://127.0.0.1:" + port(gateway), KEY);
    ObjectNode job =
        GatewayClient.JSON.createObjectNode().put("endpoint", "/v1/images/generations");
    job.putObject("body").put("prompt", "an apple").put("n", 4);
    String path = "/v1/jobs/" + client.postJson("/v1/jobs", job, 202).path("id").asString();
    MODEL.allow(2);
    await().atMost(PATIENCE).until(() -> slots() == 4 && MODEL.isWaiting());
    assertThat(client.getJson(path).path("status").asString()).isEqualTo("in_progress");
    JsonNode answer = client.postJson(path + "/cancel", GatewayClient.JSON.createObjectNode(), 202);
    assertThat(answer.path("outcome").asString()).isEqualTo("cancelling");
    expectFreeSlots("a job");
    await()
        .atMost(PATIENCE)
        .until(() -> client.getJson(path).path("status").asString().equals("cancelled"));
  }

  private static void expectFreeSlots(String what) {
    await().atMost(PATIENCE).until(CancellationTest::theServiceKnows);
    int steps = 0;
    while (slots() > 0 && steps <= MOST_STEPS) {
      MODEL.allow(1);
      steps++;
      await().atMost(PATIENCE).until(() -> slots() == 0 || MODEL.isWaiting());
    }
    System.out.printf("%s: free after %d steps%n", what, steps);
    assertThat(slots()).isZero();
    assertThat(steps).isLessThanOrEqualTo(MOST_STEPS);
    assertThat(engine().status().outstandingTokens()).isZero();
  }

  private static int slots() {
    return engine().status().slotsInUse();
  }

  /** Its web server has seen the connection end, and so ended the exchange. */
  private static boolean theServiceKnows() {
    return inference
            .getBean(MeterRegistry.class)
            .find("http.server.requests.active")
            .longTaskTimers()
            .stream()
            .mapToInt(LongTaskTimer::activeTasks)
            .sum()
        == 0;
  }

  private static void ask(Socket client, String what, boolean streamed) throws IOException {
    boolean chat = what.equals("chat");
    String path = chat ? "/v1/chat/completions" : "/v1/images/generations";
    String body =
        chat
            ? "{\"messages\":[{\"role\":\"user\",\"content\":\"Is it red?\"}],\"max_tokens\":300,"
                + "\"n\":4,\"temperature\":2,\"seed\":1,\"stream\":"
                + streamed
                + "}"
            : "{\"prompt\":\"an apple\",\"n\":4,\"stream\":"
                + streamed
                + (streamed ? ",\"stream_options\":{\"include_progress\":true}}" : "}");
    String head =
        "POST %s HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Authorization: Bearer %s\r\n"
            + "Content-Type: application/json\r\n"
            + "Content-Length: %d\r\n\r\n";
    client
        .getOutputStream()
        .write(
            (head.formatted(path, KEY, body.length()) + body).getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().flush();
  }

  private static void readUntil(InputStream in, String mark) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(mark) < 0) {
      int next = in.read();
      assertThat(next).as("the answer ended: " + read).isNotNegative();
      read.append((char) next);
    }
  }
}
