package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.jobs.testing.CrashedBatch.LINE_OF_JOB;
import static org.omnimamba.standalone.server.GatewayClient.JSON;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Batches;
import org.omnimamba.jobs.testing.CrashedBatch;
import org.omnimamba.jobs.testing.Gates;
import org.omnimamba.jobs.testing.Gates.Gate;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.testing.WorkerProcess;
import org.omnimamba.jobs.testing.WorkerProcesses;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.engines.EngineDevice;
import org.omnimamba.standalone.engines.EngineFleet;
import org.omnimamba.web.usage.Usage;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two processes work on a batch that a model in a third one answers. While it runs, the two are
 * killed again and again, inside of transactions and wherever they are, and the engine once.
 */
class BatchesOnAModelCrashTest {
  private static final int LINES = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Soon over, and long enough for a busy machine. */
  private static final String LEASE = "omnimamba.jobs.queue.lease=3s";

  /** One of many is refused. */
  private static final IntPredicate BAD = line -> line % 40 == 17;

  /** So many different requests; the lines repeat them. */
  private static final int KINDS = 97;

  /** The one whose end is cut by a kill. */
  private static final int CUT_LINE = 700;

  private static EngineFleet engine;
  private static ProcessHandle engineProcess;
  private static TestService service;
  private static WorkerProcesses workers;

  @BeforeAll
  static void start() throws Exception {
    engine =
        new EngineFleet(
            List.of(EngineDevice.cpu(0)),
            EngineMain.class,
            Map.of(
                "omnimamba.inference.model",
                TinyModel.directory(),
                "omnimamba.inference.runtime.device",
                "CPU",
                "omnimamba.internal-token",
                TestService.TOKEN,
                // one that hangs is tried again before anybody's patience ends
                "omnimamba.inference.request-timeout",
                "45s"));
    engine.start();
    await().atMost(PATIENCE).until(() -> engine.counts().ready() == 1);
    engineProcess = children().get(0);
    String engineUrl = "omnimamba.jobs.inference-url=" + engine.urls().get(0);
    service =
        new TestService(
            "omnimamba.jobs.worker.enabled=false",
            LEASE,
            engineUrl,
            "omnimamba.jobs.webhooks.development-hosts=127.0.0.1");
    workers =
        new WorkerProcesses(
            service,
            LEASE,
            engineUrl,
            // each loss costs the lines that run just then an attempt
            "omnimamba.jobs.queue.max-attempts=100",
            "omnimamba.jobs.batches.concurrency=8",
            "omnimamba.jobs.batches.poll-interval=50ms",
            "omnimamba.jobs.worker.idle-timeout=45s",
            "omnimamba.jobs.worker.progress-interval=1s");
  }

  @AfterAll
  static void stop() {
    if (workers != null) {
      workers.close();
    }
    if (service != null) {
      service.close();
    }
    engine.close();
    assertThat(children()).isEmpty();
  }

  private static List<ProcessHandle> children() {
    return SeveralEnginesTest.engines(ProcessHandle.current()).toList();
  }

  @Test
  void eachLineIsAnsweredOnceAsTheModelAnswersItAlone() throws Exception {
    List<JsonNode> alone = answersAlone();
    assertThat(new HashSet<>(alone.stream().map(answer -> answer.path("choices")).toList()))
        .as("answers that tell the lines apart")
        .hasSizeGreaterThan(KINDS / 2);

    workers.fillUpTo(2);
    CrashedBatch batch;
    try (Gates gates = new Gates(service.database())) {
      Gate validating = gates.inStatement("INSERT ON batch_line", "NEW.line = 1000");
      Gate expanding = gates.inStatement("INSERT ON queue_job", LINE_OF_JOB + " = 130");
      Gate completing =
          gates.inStatement(
              "UPDATE ON batch_line", "NEW.status = 'completed' AND NEW.line = " + CUT_LINE);
      Gate writing = gates.inStatement("INSERT ON stored_file_piece", "NEW.number = 1");
      Gate ending = gates.inCommit("UPDATE ON batch", "NEW.status = 'completed'");
      batch =
          CrashedBatch.start(
              service, "crash", Batches.CHAT, LINES, line -> JSON.writeValueAsString(body(line)));
      killAt(validating);
      killAt(expanding);
      batch.awaitAnswers(400);
      killTheOldest();
      killAt(completing);
      batch.awaitAnswers(1_100);
      engineProcess.destroyForcibly();
      batch.awaitAnswers(1_500);
      for (WorkerProcess worker : workers.alive()) {
        worker.kill();
      }
      workers.fillUpTo(2);
      killAt(writing);
      workers.killAt(ending);
    }

    List<JsonNode> output =
        batch.expectEachLineOnce(
            BAD,
            IntStream.range(0, LINES)
                .filter(BAD.negate())
                .mapToObj(line -> used(alone.get(line % KINDS)))
                .reduce(Usage.NONE, Usage::plus));
    for (JsonNode line : output) {
      int number = Integer.parseInt(line.path("custom_id").asString().substring(1));
      JsonNode answer = line.at("/response/body");
      JsonNode expected = alone.get(number % KINDS);
      assertThat(answer.path("choices")).as(line.toString()).isEqualTo(expected.path("choices"));
      assertThat(used(answer)).as(line.toString()).isEqualTo(used(expected));
    }
    assertThat(engineProcess.isAlive()).isFalse();
    assertThat(attemptsAt(CUT_LINE)).isGreaterThan(1);
  }

  private static void killAt(Gate gate) throws Exception {
    workers.killAt(gate);
    workers.fillUpTo(2);
  }

  private static void killTheOldest() throws Exception {
    workers.alive().get(0).kill();
    workers.fillUpTo(2);
  }

  private static long attemptsAt(int line) {
    return service
        .database()
        .number(
            "SELECT j.attempt FROM queue_job j JOIN batch_line l ON l.job_id = j.id"
                + " WHERE l.line = "
                + line);
  }

  /** The answer to each of the different requests while no other runs. */
  private static List<JsonNode> answersAlone() {
    WebTestClient client = service.client("alone").mutate().baseUrl(engine.urls().get(0)).build();
    return IntStream.range(0, KINDS)
        .mapToObj(
            kind ->
                Batches.json(
                    client.post().uri(Batches.CHAT).bodyValue(request(kind)).exchange(), 200))
        .toList();
  }

  /** What is cached depends on what was asked before. */
  private static Usage used(JsonNode answer) {
    JsonNode usage = answer.path("usage");
    return new Usage(
        1, 0, usage.path("prompt_tokens").asLong(), 0, usage.path("completion_tokens").asLong());
  }

  private static ObjectNode body(int line) {
    ObjectNode request = request(line % KINDS);
    return BAD.test(line) ? request.put("temperature", 99) : request;
  }

  /** Some are greedy, and the others have a seed; some ask about a picture. */
  private static ObjectNode request(int kind) {
    ObjectNode request = JSON.createObjectNode();
    boolean greedy = kind % 4 == 0;
    request.put("temperature", greedy ? 0 : 1).put("seed", kind).put("max_tokens", 2 + kind % 3);
    request.put("return_token_ids", true);
    ArrayNode content =
        request.putArray("messages").addObject().put("role", "user").putArray("content");
    content.addObject().put("type", "text").put("text", "what is the number " + kind + "?");
    if (kind % 10 == 3) {
      content
          .addObject()
          .put("type", "image_url")
          .putObject("image_url")
          .put("url", "data:image/png;base64," + Base64.getEncoder().encodeToString(png(kind)));
    }
    return request;
  }

  /** A small picture of one colour. */
  private static byte[] png(int kind) {
    BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64; i++) {
      picture.setRGB(i / 8, i % 8, kind * 0x020301);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteArray();
  }
}
