package org.omnimamba.jobs.batch;

import static org.awaitility.Awaitility.await;
import static org.omnimamba.jobs.testing.Batches.CHAT;
import static org.omnimamba.jobs.testing.Batches.RESPONSES;
import static org.omnimamba.jobs.testing.CrashedBatch.LINE_OF_JOB;

import java.time.Duration;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.Batches;
import org.omnimamba.jobs.testing.CrashedBatch;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Gates;
import org.omnimamba.jobs.testing.Gates.Gate;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.testing.WorkerProcess;
import org.omnimamba.jobs.testing.WorkerProcesses;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.web.usage.Usage;

/**
 * Two processes work on a batch, and in each of its phases the one whose transaction is open just
 * then is lost: killed, or stopped for a long time. Another goes on.
 */
class BatchCrashTest {
  private static final int LINES = 2_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Soon over, and long enough for a busy machine. */
  private static final String LEASE = "omnimamba.jobs.queue.lease=3s";

  /** One of many is refused. */
  private static final IntPredicate BAD = line -> line % 40 == 17;

  /** So many that the file of answers has several pieces. */
  private static final String WORDS = "apple ".repeat(120);

  private static TestService service;
  private static WorkerProcesses workers;
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
    workers =
        new WorkerProcesses(
            service,
            LEASE,
            // each loss costs the lines that run just then an attempt
            "omnimamba.jobs.queue.max-attempts=100",
            "omnimamba.jobs.batches.concurrency=8",
            "omnimamba.jobs.batches.poll-interval=50ms");
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
    workers.close();
    service.close();
  }

  @BeforeEach
  void start() throws Exception {
    gates = new Gates(database);
    workers.fillUpTo(2);
  }

  @AfterEach
  void openGates() throws Exception {
    gates.close();
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
    expectEachLineOnce(batch);
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
    expectEachLineOnce(batch);
  }

  /** Its machine might have vanished: the server takes its connections for alive. */
  @Test
  void aDriverThatIsStoppedInATransactionIsReplacedAndChangesNothingWhenItWakesUp()
      throws Exception {
    Gate expanding = gates.inStatement("INSERT ON queue_job", LINE_OF_JOB + " = 130");
    CrashedBatch batch = create("stopped", CHAT, 300);
    WorkerProcess driver = workers.named(expanding.awaitProgram());
    driver.freeze();
    expanding.open();
    expectEachLineOnce(batch);
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
    expectEachLineOnce(batch);
  }

  /** Kills the process that stands at each gate, and starts another where more is to come. */
  private static void killAtEach(List<Gate> phases) throws Exception {
    for (Gate phase : phases) {
      workers.killAt(phase);
      if (phase != phases.get(phases.size() - 1)) {
        workers.fillUpTo(2);
      }
    }
  }

  private static CrashedBatch create(String tenant, String endpoint, int lines) {
    return CrashedBatch.start(
        service,
        tenant,
        endpoint,
        lines,
        line -> request(BAD.test(line) ? "bad" : "good", endpoint));
  }

  private static String request(String text, String endpoint) {
    return endpoint.equals(CHAT)
        ? Batches.chat(text)
        : "{\"model\":\"omnimamba\",\"input\":\"%s\"}".formatted(text);
  }

  private static void expectEachLineOnce(CrashedBatch batch) {
    long good = IntStream.range(0, batch.lines()).filter(BAD.negate()).count();
    batch.expectEachLineOnce(BAD, new Usage(good, 0, 5 * good, 0, 3 * good));
  }
}
