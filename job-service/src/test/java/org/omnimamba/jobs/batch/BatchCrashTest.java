package org.omnimamba.jobs.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.jobs.testing.Batches.CHAT;
import static org.omnimamba.jobs.testing.Batches.RESPONSES;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.testing.Batches;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Gates;
import org.omnimamba.jobs.testing.Gates.Gate;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.testing.WorkerProcess;
import org.omnimamba.queue.testing.TestDatabase;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * Two processes work on a batch, and in each of its phases the one whose transaction is open just
 * then is lost: killed, or stopped for a long time. Another goes on.
 */
class BatchCrashTest {
  private static final int LINES = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Soon over, and long enough for a busy machine. */
  private static final String LEASE = "omnimamba.jobs.queue.lease=3s";

  /** The line of a job, as its attributes tell it. */
  private static final String LINE_OF_JOB =
      "(NEW.attributes::json -> 'metadata' ->> 'line')::integer";

  /** One of many is refused. */
  private static final IntPredicate BAD = line -> line % 40 == 17;

  /** So many that the file of answers has several pieces. */
  private static final String WORDS = "apple ".repeat(120);

  private static final List<WorkerProcess> WORKERS = new ArrayList<>();
  private static TestService service;
  private static TestDatabase database;

  private Gates gates;

  @BeforeAll
  static void startService() {
    service =
        new TestService(
            "omnimamba.jobs.worker.enabled=false",
            LEASE,
            "omnimamba.jobs.webhooks.development-hosts=127.0.0.1");
    database = service.database();
    service
        .inference()
        .answering(
            (body, response) ->
                body.toString().contains("bad")
                    ? FakeInference.error(400, "invalid_request_error", "no").to(body, response)
                    : FakeInference.events(response, FakeInference.chat("a ", "red ", WORDS)));
  }

  @AfterAll
  static void stopService() {
    WORKERS.forEach(WorkerProcess::close);
    service.close();
  }

  @BeforeEach
  void start() throws Exception {
    gates = new Gates(database);
    while (WORKERS.stream().filter(WorkerProcess::isAlive).count() < 2) {
      startWorker();
    }
  }

  @AfterEach
  void openGates() throws Exception {
    gates.close();
  }

  private static void startWorker() throws Exception {
    WORKERS.add(
        WorkerProcess.start(
            service,
            "worker-" + WORKERS.size(),
            LEASE,
            // each loss costs the lines that run just then an attempt
            "omnimamba.jobs.queue.max-attempts=100",
            "omnimamba.jobs.batches.concurrency=8",
            "omnimamba.jobs.batches.poll-interval=50ms"));
  }

  @Test
  void aKillInTheMiddleOfEachPhaseLosesAndDoublesNothing() throws Exception {
    List<Gate> phases =
        List.of(
            gates.inStatement("INSERT ON batch_line", "NEW.line = 1000"),
            gates.inStatement("INSERT ON queue_job", LINE_OF_JOB + " = 130"),
            gates.inStatement(
                "UPDATE ON batch_line", "NEW.status = 'completed' AND NEW.line = 700"),
            gates.inStatement("INSERT ON stored_file_piece", "NEW.number = 1"),
            gates.inStatement("UPDATE ON batch", "NEW.status = 'completed'"));
    CrashedBatch batch = create("middle", CHAT, LINES);
    killAtEach(phases);
    batch.expectEachLineOnce();
  }

  @Test
  void aKillInTheCommitOfEachPhaseLosesAndDoublesNothing() throws Exception {
    List<Gate> phases =
        List.of(
            gates.inCommit("UPDATE ON batch", "NEW.status = 'in_progress'"),
            gates.inCommit("UPDATE ON batch_line", "NEW.status = 'queued' AND NEW.line = 130"),
            gates.inCommit("UPDATE ON batch_line", "NEW.status = 'completed' AND NEW.line = 700"),
            gates.inCommit("UPDATE ON batch", "NEW.status = 'completed'"));
    CrashedBatch batch = create("commit", RESPONSES, LINES);
    killAtEach(phases);
    batch.expectEachLineOnce();
  }

  /** Its machine might have vanished: the server takes its connections for alive. */
  @Test
  void aDriverThatIsStoppedInATransactionIsReplacedAndChangesNothingWhenItWakesUp()
      throws Exception {
    Gate expanding = gates.inStatement("INSERT ON queue_job", LINE_OF_JOB + " = 130");
    CrashedBatch batch = create("stopped", CHAT, 300);
    WorkerProcess driver = named(expanding.awaitProgram());
    driver.freeze();
    expanding.open();
    batch.expectEachLineOnce();
    String then = database.text("SELECT clock_timestamp()");
    driver.thaw();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                database.number(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s'"
                                .formatted(driver.name())
                            + " AND query_start > '%s'".formatted(then))
                    > 0);
    batch.expectEachLineOnce();
  }

  /** Kills the process that stands at each gate, and starts another where more is to come. */
  private static void killAtEach(List<Gate> phases) throws Exception {
    for (Gate phase : phases) {
      named(phase.awaitProgram()).kill();
      phase.open();
      if (phase != phases.get(phases.size() - 1)) {
        startWorker();
      }
    }
  }

  private static WorkerProcess named(String name) {
    return WORKERS.stream().filter(worker -> worker.name().equals(name)).findFirst().orElseThrow();
  }

  private static CrashedBatch create(String tenant, String endpoint, int lines) {
    WebTestClient client =
        service.client(tenant).mutate().defaultHeader("X-OmniMamba-Key", "om_crash").build();
    Batches.json(
        client
            .post()
            .uri("/v1/webhook-endpoints")
            .bodyValue(Map.of("url", "http://127.0.0.1:9/", "events", List.of("batch.completed")))
            .exchange(),
        201);
    Batches batches = new Batches(client);
    List<String> requests =
        IntStream.range(0, lines).mapToObj(line -> request(line, endpoint)).toList();
    return new CrashedBatch(batches, tenant, batches.start(endpoint, requests), lines);
  }

  private static String request(int line, String endpoint) {
    String text = BAD.test(line) ? "bad" : "good";
    return endpoint.equals(CHAT)
        ? Batches.ask("q" + line, text)
        : Batches.line(
            "q" + line, endpoint, "{\"model\":\"omnimamba\",\"input\":\"%s\"}".formatted(text));
  }

  /** The only batch of a tenant. */
  private record CrashedBatch(Batches batches, String tenant, String id, int lines) {
    private List<String> ids(IntPredicate which) {
      return IntStream.range(0, lines).filter(which).mapToObj(line -> "q" + line).toList();
    }

    private long number(String sql) {
      return database.number(sql.formatted(tenant));
    }

    void expectEachLineOnce() {
      JsonNode batch = batches.awaitStatus(id, "completed");
      List<String> good = ids(BAD.negate());
      List<String> bad = ids(BAD);
      assertThat(batch.path("request_counts").toString())
          .isEqualTo(
              "{\"total\":%d,\"completed\":%d,\"failed\":%d}"
                  .formatted(lines, good.size(), bad.size()));
      assertThat(Batches.ids(batches.lines(batch.path("output_file_id")))).isEqualTo(good);
      assertThat(Batches.ids(batches.lines(batch.path("error_file_id")))).isEqualTo(bad);
      assertThat(batch.path("usage").path("total_tokens").asInt()).isEqualTo(8 * good.size());
      assertThat(
              database.text(
                  "SELECT concat_ws(' ', max(key), sum(requests), sum(input_tokens),"
                      + " sum(output_tokens)) FROM usage_counted WHERE tenant = '%s'"
                          .formatted(tenant)))
          .isEqualTo("om_crash %d %d %d".formatted(good.size(), 5 * good.size(), 3 * good.size()));
      assertThat(number("SELECT count(*) FROM webhook_delivery WHERE tenant = '%s'")).isEqualTo(1);
      expectNoOtherJobs(good.size());
      expectNoOtherFiles();
    }

    /** One for each line and the one that drove the batch. */
    private void expectNoOtherJobs(int completed) {
      String jobs = "FROM queue_job j WHERE kind LIKE 'batch%%' AND tenant = '%s'";
      await()
          .atMost(PATIENCE)
          .until(() -> number("SELECT count(*) " + jobs + " AND finished_at IS NULL") == 0);
      assertThat(number("SELECT count(*) " + jobs)).isEqualTo(lines + 1);
      assertThat(
              number(
                  "SELECT count(DISTINCT l.job_id) FROM batch_line l WHERE l.job_id IN"
                      + " (SELECT id "
                      + jobs
                      + ")"))
          .isEqualTo(lines);
      assertThat(
              number(
                  "SELECT count(DISTINCT r.job_id) FROM queue_result r WHERE r.job_id IN"
                      + " (SELECT id "
                      + jobs
                      + ")"))
          .isEqualTo(completed);
    }

    /** What a process that was lost had written of a file goes when it has stood still for long. */
    private void expectNoOtherFiles() {
      database.advance(Duration.ofHours(2));
      service.bean(FileStore.class).clean().block();
      assertThat(
              database.text(
                  "SELECT string_agg(concat_ws(' ', status, purpose, pieces), ', ' ORDER BY id)"
                      + " FROM stored_file WHERE tenant = '%s'".formatted(tenant)))
          .matches(
              "processed batch \\d+, processed batch_output \\d+, processed batch_output \\d+");
      assertThat(
              database.number(
                  "SELECT (SELECT sum(pieces) FROM stored_file)"
                      + " - (SELECT count(*) FROM stored_file_piece)"))
          .isZero();
    }
  }
}
